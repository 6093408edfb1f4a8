# The tenant has an application of its own on shared servers.
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

resource "terraform_data" "application" {
  input = {
    name   = "${var.name_prefix}-application"
    region = var.region
    tags   = var.tags
  }
}

output "application" {
  description = "The name of the application."
  value       = terraform_data.application.output.name
}
