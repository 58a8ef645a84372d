"""Invoices, credit notes, packing slips and pick lists."""
