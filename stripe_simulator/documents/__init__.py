"""New Stripe objects as JSON, with every field that Stripe sends. Pure functions: values in,
dictionaries out.
"""
