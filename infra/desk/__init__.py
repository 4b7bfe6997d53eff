"""The cloud on the desk: template.yaml run in one process, on moto and a virtual clock."""
