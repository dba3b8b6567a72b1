"""More than one machine, by Dask."""
