"""Community partners 社区合伙人, and staff whose employers let them help where they live 双报到."""
