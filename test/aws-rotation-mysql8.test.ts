/** Rotation on Oracle's MySQL 8: the same functions as for MariaDB, whose statements for passwords differ. */
import { afterAll } from 'vitest';
import { databaseOf } from './aws/mysql-database.ts';
import { rotationSuite } from './aws/rotation-suite.ts';
import { makeAuthority } from './support/certificates.ts';
import { hasMysql, startMysql } from './support/mysql.ts';

const authority = hasMysql() ? makeAuthority('test authority') : null;
const mysql =
  authority === null
    ? null
    : await startMysql({ tls: { ...authority.issue('localhost'), ca: authority.cert } });
afterAll(() => mysql?.stop());

rotationSuite('MySQL 8', mysql === null ? null : await databaseOf(mysql));
