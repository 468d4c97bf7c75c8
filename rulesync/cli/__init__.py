"""The command line: arguments -> one call -> view -> exit code. Only here is anything printed."""
