{{ config(materialized='table') }}
SELECT code, name, population FROM {{ ref('countries') }} WHERE population > 20000000
