#!/usr/bin/env node
import { loadBundle } from './load.js';

await loadBundle().exports.main();
