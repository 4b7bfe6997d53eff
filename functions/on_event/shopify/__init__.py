"""Shopify: its webhooks, and what their bodies say."""
