"""A refusal of the Storage API."""


class ApiError(Exception):
    def __init__(self, status, code, message, results=None):
        super().__init__(message)
        self.status, self.code, self.message, self.results = status, code, message, results
