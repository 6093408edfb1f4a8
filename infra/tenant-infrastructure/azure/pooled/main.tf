# The tenant shares everything; the module only records that it is there.
# Nothing is made in the account, so it needs no provider.

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

resource "terraform_data" "membership" {
  input = {
    name   = var.name_prefix
    region = var.region
    tags   = var.tags
  }
}

output "application" {
  description = "The name of the shared application."
  value       = "shared"
}
