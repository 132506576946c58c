"""The inbox everybody has and the outbox that reaches further."""
