# Everything of the tenant is its own.
# For a developer's machine: the resources are records in the state alone, and need no provider and no account.

variable "name_prefix" {
  description = "The beginning of all names: tenant-KEY."
  type        = string
}

variable "tags" {
  description = "The mark of installation, tenant and attempt."
  type        = map(string)
}

variable "region" {
  description = "The region; may be empty."
  type        = string
  default     = ""
}

resource "terraform_data" "network" {
  input = {
    name   = "${var.name_prefix}-network"
    region = var.region
    tags   = var.tags
  }
}

resource "terraform_data" "server" {
  count = 2

  input = {
    name    = "${var.name_prefix}-server-${count.index + 1}"
    network = terraform_data.network.output.name
    tags    = var.tags
  }
}

resource "terraform_data" "application" {
  input = {
    name    = "${var.name_prefix}-application"
    servers = terraform_data.server[*].output.name
    tags    = var.tags
  }
}

output "application" {
  description = "The name of the application."
  value       = terraform_data.application.output.name
}

output "servers" {
  description = "The names of the tenant's servers."
  value       = terraform_data.server[*].output.name
}
