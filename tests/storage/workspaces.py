"""A workspace and a snapshot that every fake project has: workspace 7 with the object "orders", and
snapshot 9, with the columns id and name."""
WORKSPACES = {(7, 'orders'): (['id', 'name'], [('1', 'from'), ('2', 'workspace')])}
SNAPSHOTS = {9: (['id', 'name'], [('1', 'from'), ('2', 'snapshot')])}


def fields(rows):
    """Rows as records of (value, enclosed) fields."""
    return [[(value, True) for value in row] for row in rows]
