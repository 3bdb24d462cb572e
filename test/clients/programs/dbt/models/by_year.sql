{{ config(materialized='materialized_view', cluster='dbt_models', indexes=[{'columns': ['year']}]) }}
SELECT extract(year FROM born)::int4 AS year, count(*) AS n FROM {{ ref('readers') }} GROUP BY 1
