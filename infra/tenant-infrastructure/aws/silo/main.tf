# The tenant has a bucket for its data, with a policy that refuses connections without TLS.
# For AWS, and for an object store with its API, such as MinIO.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 6.0.0"
    }
  }
}

variable "bucket_prefix" {
  description = "The beginning of the names of buckets."
  type        = string
}

variable "tags" {
  description = "The mark of installation, tenant and attempt."
  type        = map(string)
}

variable "region" {
  description = "The region of the bucket."
  type        = string
}

variable "existing_buckets" {
  description = "Buckets with the tenant's tags. A lost run may have made them."
  type        = list(string)
}

variable "s3_endpoint" {
  description = "Another object store than AWS; empty for AWS."
  type        = string
  default     = ""
}

variable "aws_access_key" {
  description = "Null for the provider's own chain of credentials."
  type        = string
  default     = null
  sensitive   = true
}

variable "aws_secret_key" {
  description = "The secret of aws_access_key."
  type        = string
  default     = null
  sensitive   = true
}

locals {
  is_aws = var.s3_endpoint == ""
  bucket = "${var.bucket_prefix}data"
}

provider "aws" {
  region     = var.region
  access_key = var.aws_access_key
  secret_key = var.aws_secret_key

  s3_use_path_style           = !local.is_aws
  skip_credentials_validation = !local.is_aws
  skip_metadata_api_check     = !local.is_aws
  skip_region_validation      = !local.is_aws
  skip_requesting_account_id  = !local.is_aws

  dynamic "endpoints" {
    for_each = local.is_aws ? [] : [var.s3_endpoint]

    content {
      s3 = endpoints.value
    }
  }

  default_tags {
    tags = var.tags
  }
}

import {
  for_each = toset([for name in var.existing_buckets : name if name == local.bucket])
  to       = aws_s3_bucket.data[each.value]
  id       = each.value
}

resource "aws_s3_bucket" "data" {
  for_each = toset([local.bucket])

  bucket        = each.value
  force_destroy = true
}

resource "aws_s3_bucket_policy" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id

  # The long forms, as MinIO gives them back: with the short ones each plan would change the policy.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = { AWS = ["*"] }
      Action    = ["s3:*"]
      Resource  = ["arn:aws:s3:::${each.value.id}", "arn:aws:s3:::${each.value.id}/*"]
      Condition = { Bool = { "aws:SecureTransport" = ["false"] } }
    }]
  })
}

output "data_bucket" {
  description = "The bucket of the tenant's own data."
  value       = local.bucket
}
