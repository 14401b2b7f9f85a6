"""Django-aware ground that knows no context. Its list of modules is closed."""
