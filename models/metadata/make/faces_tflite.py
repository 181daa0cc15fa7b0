"""BlazeFace from TFLite to ONNX: NCHW, weights stored as f16, the feature maps
before the reshape as outputs, so that the input may have any sides that are
multiples of 32.
"""

import numpy as np
import tflite
from onnx import TensorProto, helper, numpy_helper

OPERATORS = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
SAME, NO_ACTIVATION = tflite.Padding.SAME, tflite.ActivationFunctionType.NONE
# No effect on values: the fixed shapes are what the reader of the maps undoes itself.
DROPPED = {"RESHAPE", "CONCATENATION"}


class Converter:
    """Writes one graph; tensors keep the numbers of the TFLite file."""

    def __init__(self, content):
        self.model = tflite.Model.GetRootAsModel(content, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes, self.initializers, self.constants, self.outputs = [], [], {}, []

    def tensor(self, index):
        """Constant value of a tensor, or None."""
        if index in self.constants:
            return self.constants[index]
        tensor = self.graph.Tensors(index)
        buffer = self.model.Buffers(tensor.Buffer())
        if buffer.DataLength() == 0:
            return None
        kinds = {0: np.float32, 1: np.float16, 2: np.int32}
        value = np.frombuffer(buffer.DataAsNumpy().tobytes(), kinds[tensor.Type()])
        return value.reshape(tensor.ShapeAsNumpy())

    def shape(self, index):
        return [int(side) for side in self.graph.Tensors(index).ShapeAsNumpy()]

    def name(self, index):
        return f"t{index}"

    def weight(self, label, value):
        """An f16 initializer and its cast; exact, for the file's weights are f16."""
        half = np.ascontiguousarray(value).astype(np.float16)
        if not np.array_equal(half.astype(np.float32), value.astype(np.float32)):
            raise ValueError(f"{label} is not f16")
        self.initializers.append(numpy_helper.from_array(half, f"{label}_f16"))
        self.node("Cast", [f"{label}_f16"], [label], to=TensorProto.FLOAT)
        return label

    def node(self, kind, inputs, outputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], **attributes))

    def convert(self):
        for number in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(number)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            kind = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs = [int(i) for i in operator.InputsAsNumpy()]
            (output,) = (int(i) for i in operator.OutputsAsNumpy())
            if kind == "DEQUANTIZE":
                self.constants[output] = self.tensor(inputs[0]).astype(np.float32)
            elif kind == "RESHAPE":
                self.outputs.append(inputs[0])
            elif kind not in DROPPED:
                getattr(self, kind.lower())(operator, inputs, output)
        return self.finish()

    def finish(self):
        (entry,) = (int(i) for i in self.graph.InputsAsNumpy())
        # Scores before boxes, the finer map first: 2, 6 scores and 16 × as many numbers.
        maps = sorted((self.shape(i)[3], i) for i in self.outputs)
        names = [f"scores_{m}" for m in ("fine", "coarse")] + [f"boxes_{m}" for m in ("fine", "coarse")]
        outputs = []
        for (channels, index), name in zip(maps, names, strict=True):
            self.node("Identity", [self.name(index)], [name])
            sides = [1, channels, f"{name}_rows", f"{name}_columns"]
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, sides))
        sides = [1, 3, "rows", "columns"]
        image = helper.make_tensor_value_info(self.name(entry), TensorProto.FLOAT, sides)
        graph = helper.make_graph(self.nodes, "blazeface", [image], outputs, self.initializers)
        opset = [helper.make_opsetid("", 13)]
        return helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="epic")

    def options(self, operator, kind):
        options, table = kind(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def activated(self, options, output):
        """Name that the operator itself writes to, its fused activation applied after it."""
        kind = options.FusedActivationFunction()
        if kind == NO_ACTIVATION:
            return self.name(output)
        if kind != tflite.ActivationFunctionType.RELU:
            raise ValueError(f"fused activation {kind}")
        return f"{self.name(output)}_linear"

    def activate(self, linear, output):
        if linear != self.name(output):
            self.node("Relu", [linear], [self.name(output)])

    def window(self, options, kernel):
        """Strides and pads; TensorFlow's SAME puts the odd pixel right and below."""
        strides = [options.StrideH(), options.StrideW()]
        pads = [0, 0, 0, 0]
        if options.Padding() == SAME:
            # Holds for sides that the stride divides, and all sides here are such.
            whole = [max(k - s, 0) for k, s in zip(kernel, strides)]
            pads = [whole[0] // 2, whole[1] // 2, whole[0] - whole[0] // 2, whole[1] - whole[1] // 2]
        return {"kernel_shape": list(kernel), "strides": strides, "pads": pads}

    def convolve(self, options, inputs, output, weights, group):
        label = self.name(output)
        names = [
            self.name(inputs[0]),
            self.weight(f"{label}_weight", weights),
            self.weight(f"{label}_bias", self.tensor(inputs[2])),
        ]
        linear = self.activated(options, output)
        window = self.window(options, weights.shape[2:])
        self.node("Conv", names, [linear], group=group, **window)
        self.activate(linear, output)

    def conv_2d(self, operator, inputs, output):
        weights = self.tensor(inputs[1]).transpose(0, 3, 1, 2)
        self.convolve(self.options(operator, tflite.Conv2DOptions), inputs, output, weights, 1)

    def depthwise_conv_2d(self, operator, inputs, output):
        weights = self.tensor(inputs[1]).transpose(3, 0, 1, 2)
        options = self.options(operator, tflite.DepthwiseConv2DOptions)
        self.convolve(options, inputs, output, weights, weights.shape[0])

    def max_pool_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.Pool2DOptions)
        linear = self.activated(options, output)
        window = self.window(options, (options.FilterHeight(), options.FilterWidth()))
        self.node("MaxPool", [self.name(inputs[0])], [linear], **window)
        self.activate(linear, output)

    def add(self, operator, inputs, output):
        linear = self.activated(self.options(operator, tflite.AddOptions), output)
        self.node("Add", [self.name(i) for i in inputs], [linear])
        self.activate(linear, output)

    def relu(self, operator, inputs, output):
        self.node("Relu", [self.name(inputs[0])], [self.name(output)])

    def pad(self, operator, inputs, output):
        amounts = self.tensor(inputs[1])[[0, 3, 1, 2]].T.reshape(-1).astype(np.int64)
        label = f"{self.name(output)}_pads"
        self.initializers.append(numpy_helper.from_array(amounts, label))
        self.node("Pad", [self.name(inputs[0]), label], [self.name(output)])


def convert(content):
    """Bytes of the ONNX file for the bytes of a BlazeFace TFLite file."""
    model = Converter(content).convert()
    return model.SerializeToString(deterministic=True)
