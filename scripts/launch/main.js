#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { loadBundle } from './load.js';

const { main } = loadBundle().exports;

// The grammar is WASM. V8's second compiler would take 20 MB and a second of processor time for it after the first few
// queries, to gain a microsecond in fifteen. Set when the bundle is loaded: its compiled form is for the usual flags.
setFlagsFromString('--liftoff-only');

void main();
