"""Bad input, in bulk: laws that hold for any bytes, tests of them, and a program that looks for bytes to break one."""
