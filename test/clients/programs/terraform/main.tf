# What a team keeps in Terraform: secrets, connections that use them, clusters, sources, sinks, roles and their grants.
# The server of the tests contacts nothing, so hosts need not exist.
terraform {
  required_providers {
    materialize = { source = "MaterializeInc/materialize" }
  }
}

variable "port" { type = number }
variable "database_password" {
  type      = string
  sensitive = true
}
variable "broker_password" {
  type      = string
  sensitive = true
}
variable "cluster_size" {
  type    = string
  default = "25cc"
}

provider "materialize" {
  host     = "127.0.0.1"
  port     = var.port
  username = "mz_system"
  database = "materialize"
  sslmode  = "disable"
}

resource "materialize_database" "shop" {
  name    = "tf_shop"
  comment = "made by Terraform"
}

resource "materialize_schema" "ingest" {
  name          = "ingest"
  database_name = materialize_database.shop.name
}

locals {
  place = {
    database = materialize_database.shop.name
    schema   = materialize_schema.ingest.name
  }
}

resource "materialize_secret" "database_password" {
  name          = "database_password"
  database_name = local.place.database
  schema_name   = local.place.schema
  value         = var.database_password
  comment       = "it's rotated monthly"
}

resource "materialize_secret" "kafka_password" {
  name          = "Kafka Password"
  database_name = local.place.database
  schema_name   = local.place.schema
  value         = var.broker_password
}

resource "materialize_connection_ssh_tunnel" "bastion" {
  name          = "bastion"
  database_name = local.place.database
  schema_name   = local.place.schema
  host          = "bastion.internal"
  user          = "tunnel"
  port          = 22
  validate      = false
}

resource "materialize_connection_postgres" "shop" {
  name          = "shop"
  database_name = local.place.database
  schema_name   = local.place.schema
  comment       = "orders"
  host          = "db.internal"
  port          = 5432
  database      = "shop"
  user { text = "app" }
  password {
    name          = materialize_secret.database_password.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  ssh_tunnel {
    name          = materialize_connection_ssh_tunnel.bastion.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  ssl_mode = "require"
}

resource "materialize_connection_kafka" "broker" {
  name              = "broker"
  database_name     = local.place.database
  schema_name       = local.place.schema
  security_protocol = "SASL_SSL"
  sasl_mechanisms   = "SCRAM-SHA-256"
  kafka_broker { broker = "kafka.internal:9092" }
  sasl_username { text = "app" }
  sasl_password {
    name          = materialize_secret.kafka_password.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
}

resource "materialize_connection_confluent_schema_registry" "registry" {
  name          = "registry"
  database_name = local.place.database
  schema_name   = local.place.schema
  url           = "http://registry.internal:8081"
  username { text = "app" }
  password {
    name          = materialize_secret.kafka_password.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  validate = false
}

resource "materialize_connection_mysql" "legacy" {
  name          = "legacy"
  database_name = local.place.database
  schema_name   = local.place.schema
  host          = "mysql.internal"
  port          = 3306
  user { text = "app" }
  password {
    name          = materialize_secret.database_password.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  validate = false
}

resource "materialize_connection_aws" "account" {
  name            = "account"
  database_name   = local.place.database
  schema_name     = local.place.schema
  assume_role_arn = "arn:aws:iam::123456789012:role/reader"
  aws_region      = "eu-west-1"
  validate        = false
}

resource "materialize_cluster" "ingest" {
  name               = "tf_ingest"
  size               = var.cluster_size
  replication_factor = 2
  comment            = "sources"
}

resource "materialize_cluster" "loose" {
  name = "tf_loose"
}

resource "materialize_cluster_replica" "loose" {
  name         = "one"
  cluster_name = materialize_cluster.loose.name
  size         = "25cc"
}

resource "materialize_source_load_generator" "counter" {
  name                = "counter"
  database_name       = local.place.database
  schema_name         = local.place.schema
  cluster_name        = materialize_cluster.ingest.name
  load_generator_type = "AUCTION"
  auction_options { tick_interval = "1s" }
}

resource "materialize_table" "items" {
  name          = "items"
  database_name = local.place.database
  schema_name   = local.place.schema
  comment       = "what is sold"
  column {
    name     = "sku"
    type     = "text"
    nullable = false
    comment  = "its number"
  }
  column {
    name    = "price"
    type    = "float8"
    default = "0.0"
  }
  column {
    name = "tags"
    type = "text"
  }
}

resource "materialize_view" "dear" {
  name          = "dear"
  database_name = local.place.database
  schema_name   = local.place.schema
  statement     = "SELECT sku FROM ${materialize_table.items.qualified_sql_name} WHERE price > 100"
}

resource "materialize_materialized_view" "prices" {
  name          = "prices"
  database_name = local.place.database
  schema_name   = local.place.schema
  cluster_name  = materialize_cluster.ingest.name
  statement     = "SELECT price, count(*) AS n FROM ${materialize_table.items.qualified_sql_name} GROUP BY price"
}

resource "materialize_index" "by_sku" {
  name         = "dear_by_sku"
  cluster_name = materialize_cluster.ingest.name
  obj_name {
    name          = materialize_view.dear.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  col_expr { field = "sku" }
}

resource "materialize_type" "numbers" {
  name          = "numbers"
  database_name = local.place.database
  schema_name   = local.place.schema
  list_properties { element_type = "int4" }
}

resource "materialize_sink_kafka" "prices" {
  name          = "prices_out"
  database_name = local.place.database
  schema_name   = local.place.schema
  cluster_name  = materialize_cluster.ingest.name
  topic         = "prices"
  from {
    name          = materialize_materialized_view.prices.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  kafka_connection {
    name          = materialize_connection_kafka.broker.name
    database_name = local.place.database
    schema_name   = local.place.schema
  }
  key              = ["price"]
  key_not_enforced = true
  format { json = true }
  envelope { upsert = true }
}

resource "materialize_role" "reader" {
  name    = "tf_reader"
  comment = "reads"
}

resource "materialize_role" "team" {
  name = "tf_team"
}

resource "materialize_role_grant" "team" {
  role_name   = materialize_role.reader.name
  member_name = materialize_role.team.name
}

resource "materialize_role_parameter" "cluster" {
  role_name      = materialize_role.reader.name
  variable_name  = "cluster"
  variable_value = materialize_cluster.ingest.name
}

resource "materialize_database_grant" "usage" {
  role_name     = materialize_role.reader.name
  privilege     = "USAGE"
  database_name = local.place.database
}

resource "materialize_schema_grant" "usage" {
  role_name     = materialize_role.reader.name
  privilege     = "USAGE"
  database_name = local.place.database
  schema_name   = local.place.schema
}

resource "materialize_secret_grant" "usage" {
  role_name     = materialize_role.reader.name
  privilege     = "USAGE"
  secret_name   = materialize_secret.database_password.name
  database_name = local.place.database
  schema_name   = local.place.schema
}

resource "materialize_table_grant" "select" {
  role_name     = materialize_role.reader.name
  privilege     = "SELECT"
  table_name    = materialize_table.items.name
  database_name = local.place.database
  schema_name   = local.place.schema
}

resource "materialize_cluster_grant" "usage" {
  role_name    = materialize_role.reader.name
  privilege    = "USAGE"
  cluster_name = materialize_cluster.ingest.name
}

resource "materialize_connection_grant" "usage" {
  role_name       = materialize_role.reader.name
  privilege       = "USAGE"
  connection_name = materialize_connection_postgres.shop.name
  database_name   = local.place.database
  schema_name     = local.place.schema
}

resource "materialize_grant_system_privilege" "create_cluster" {
  role_name = materialize_role.reader.name
  privilege = "CREATECLUSTER"
}

resource "materialize_table_grant_default_privilege" "select" {
  grantee_name     = materialize_role.reader.name
  target_role_name = materialize_role.team.name
  privilege        = "SELECT"
  database_name    = local.place.database
  schema_name      = local.place.schema
}

resource "materialize_network_policy" "office" {
  name = "tf_office"
  rule {
    name      = "all"
    action    = "allow"
    direction = "ingress"
    address   = "0.0.0.0/0"
  }
}

resource "materialize_system_parameter" "connections" {
  name  = "max_connections"
  value = "1000"
}

data "materialize_current_cluster" "now" {}
data "materialize_current_database" "now" {}
data "materialize_cluster" "all" {
  depends_on = [materialize_cluster.ingest]
}
data "materialize_secret" "all" {
  database_name = local.place.database
  schema_name   = local.place.schema
  depends_on    = [materialize_secret.database_password, materialize_secret.kafka_password]
}
data "materialize_connection" "all" {
  database_name = local.place.database
  schema_name   = local.place.schema
  depends_on    = [materialize_connection_postgres.shop]
}
data "materialize_source" "all" {
  depends_on = [materialize_source_load_generator.counter]
}
data "materialize_role" "all" {
  depends_on = [materialize_role.reader]
}
data "materialize_egress_ips" "all" {}

output "secrets" {
  value = sort(data.materialize_secret.all.secrets[*].name)
}
output "connection" {
  value = materialize_connection_postgres.shop.qualified_sql_name
}
