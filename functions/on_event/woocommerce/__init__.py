"""WooCommerce: its webhooks, and what their bodies say."""
