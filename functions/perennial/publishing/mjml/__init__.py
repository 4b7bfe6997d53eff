"""MJML with Jinja in it: partials are put in, Jinja is hidden from the compiler, and what comes out is looked at."""
