"""rulesync: Terraform for the rules that move people's money."""

__version__ = "0.1.0"
