# ruby-pg: connect, typed round trips, prepared statements, COPY, errors.
require 'pg'

def check(name, got, want)
  raise "#{name}: #{got.inspect} is not #{want.inspect}" unless got == want
  puts "ok #{name}"
end

puts "version #{PG::VERSION}"
conn = PG.connect(ENV.fetch('CLIENT_DSN'))
conn.set_notice_processor { |_| }
conn.type_map_for_results = PG::BasicTypeMapForResults.new(conn)
check('round trip', conn.exec_params("SELECT $1::int4 AS i, $2::text AS t, $3::bool AS b, $4::float8 AS f, '{1,2}'::int4[] AS a", [7, "it's", true, 0.5]).first,
      { 'i' => 7, 't' => "it's", 'b' => true, 'f' => 0.5, 'a' => [1, 2] })
check('binary', conn.exec_params('SELECT $1::int4', [{ value: [9].pack('N'), format: 1 }], 1).getvalue(0, 0), 9)
conn.prepare('by_id', 'SELECT id, name FROM people WHERE id = $1')
check('prepared', conn.exec_prepared('by_id', [1]).values, [[1, 'Ann']])
check('describe', conn.describe_prepared('by_id').nfields, 2)
conn.copy_data('COPY shop.items (sku, price) FROM STDIN') { conn.put_copy_data("r1\t1.5\nr2\t\\N\n") }
check('copy', conn.exec("SELECT count(*) AS n FROM shop.items WHERE sku LIKE 'r_'").first['n'], 2)
check('delete', conn.exec("DELETE FROM shop.items WHERE sku LIKE 'r_'").cmd_tuples, 2)
begin
  conn.exec('SELECT * FROM missing /* fails */')
  raise 'no error'
rescue PG::Error => e
  check('error', e.result.error_field(PG::PG_DIAG_SQLSTATE).length, 5)
end
check('single row mode', (conn.send_query('SELECT generate_series(1, 3) AS n'); conn.set_single_row_mode; conn.get_result.stream_each.map { |r| r['n'] }), [1, 2, 3])
conn.close
