"""The Language Server Protocol's wire: the only package that knows pygls and lsprotocol."""
