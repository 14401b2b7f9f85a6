"""The application as a server loads it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "longmark.config.settings")
application = get_wsgi_application()

# What is loaded now stays: the collector need not look at it again. Reading a large SBOM makes
# millions of objects, none of them garbage; with the default threshold a quarter of the time
# would go into looking for some.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
