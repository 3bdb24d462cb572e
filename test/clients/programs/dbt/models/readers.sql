{{ config(materialized='view') }}
SELECT id, name, born FROM {{ source('office', 'people') }}
