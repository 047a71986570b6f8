"""Pure rules of the books: values in, values out. No Flask, Peewee, requests, clock or environment."""
