# The tenant has a resource group and a storage account of its own.
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

variable "tenant_id" {
  description = "The tenant's id, which is unique in the installation."
  type        = string
}

variable "region" {
  description = "The location, such as westeurope."
  type        = string
}

provider "azurerm" {
  features {
    resource_group {
      # The undo removes what the application has put into the group.
      prevent_deletion_if_contains_resources = false
    }
  }
}

resource "azurerm_resource_group" "tenant" {
  name     = "${var.name_prefix}-rg"
  location = var.region
  tags     = var.tags
}

resource "azurerm_storage_account" "tenant" {
  # At most 24 characters, unique in the world.
  name                            = "t${substr(sha1(var.tenant_id), 0, 23)}"
  resource_group_name             = azurerm_resource_group.tenant.name
  location                        = azurerm_resource_group.tenant.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = false
  tags                            = var.tags
}

output "resource_group" {
  description = "The name of the tenant's resource group."
  value       = azurerm_resource_group.tenant.name
}

output "blob_endpoint" {
  description = "The address of the tenant's blobs."
  value       = azurerm_storage_account.tenant.primary_blob_endpoint
}
