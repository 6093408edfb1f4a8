# The tenant has a container of its own in a shared storage account.
# The provider signs in by its ARM_ variables: name them in TERRAFORM_ENVIRONMENT.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0.0, < 5.0.0"
    }
  }
}

variable "name_prefix" {
  description = "The beginning of all names: tenant-KEY."
  type        = string
}

variable "tags" {
  description = "The mark of installation, tenant and attempt."
  type        = map(string)
}

variable "shared_storage_account_id" {
  description = "The resource id of the shared storage account, from TERRAFORM_VARIABLES_FILE."
  type        = string
}

provider "azurerm" {
  features {}
}

# Containers have no tags: their metadata is the mark. Its names may not contain a colon or a hyphen.
resource "azurerm_storage_container" "tenant" {
  name               = var.name_prefix
  storage_account_id = var.shared_storage_account_id
  metadata           = { for name, value in var.tags : replace(replace(name, ":", "_"), "-", "_") => value }
}

output "container" {
  description = "The name of the tenant's container."
  value       = azurerm_storage_container.tenant.name
}
