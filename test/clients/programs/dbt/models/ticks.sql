{{ config(materialized='source', cluster='quickstart') }}
FROM LOAD GENERATOR COUNTER (TICK INTERVAL '1s')
