"""Variables whose values are fed, so that no array is written into the graph itself."""

import tensorflow as tf

v1 = tf.compat.v1


class FedVariables:
    """Variables of a graph with the placeholders their values come through."""

    def __init__(self):
        self._holders = {}

    def add(self, name, shape, trainable=False):
        """A float32 resource variable; `shape` may hold None, and then any size can be loaded."""
        holder = v1.placeholder(tf.float32, shape, f"{name}_value_holder")
        variable = v1.Variable(
            holder,
            trainable=trainable,
            name=name,
            use_resource=True,
            validate_shape=False,
            shape=tf.TensorShape(shape),
            collections=[],  # whoever's session it is may initialise all global ones without us
        )
        self._holders[variable.ref()] = holder
        return variable

    def initializers(self):
        """The ops that together set every variable to what is fed."""
        return [ref.deref().initializer for ref in self._holders]

    def load(self, session, values):
        """Set variables.

        Args:
            session: of the graph.
            values: pairs of (variable, array).
        """
        feed = {self._holders[variable.ref()]: value for variable, value in values}
        session.run([variable.initializer for variable, _ in values], feed)
