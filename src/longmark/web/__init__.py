"""The pages: what people see of all contexts."""
