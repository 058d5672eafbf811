"""The cases: small models, one op and variant each, as data. `all_cases()` gives them in order; names are op/variant."""
import numpy as np

from models import Case, Const, In, Op, full, ints, scalar

_CASES = {}


def add(name, *outputs, **options):
    add_case(Case(name, *outputs, **options))


def add_case(case):
    assert case.name not in _CASES, case.name
    _CASES[case.name] = case


def all_cases():
    return list(_CASES.values())


def image(channels=3, size=6, **more):
    return In(1, size, size, channels, **more)


def relu(x):
    return Op('Relu', x)


# --- convolutions -----------------------------------------------------------------------------------------------------------


def conv(x, filters, *, stride=1, dilation=1, padding='SAME', **more):
    return Op('Conv2D', x, filters, strides=[1, stride, stride, 1], dilations=[1, dilation, dilation, 1], padding=padding, **more)


def depthwise(x, filters, *, stride=1, dilation=1, padding='SAME', **more):
    return Op('DepthwiseConv2dNative', x, filters, strides=[1, stride, stride, 1], dilations=[1, dilation, dilation, 1],
              padding=padding, **more)


def bias(x, channels, **more):
    return Op('BiasAdd', x, Const(channels, **more))


for variant, arguments in {
        'same': {}, 'valid': {'padding': 'VALID'}, 'stride2': {'stride': 2}, 'stride2_valid': {'stride': 2, 'padding': 'VALID'},
        'dilation2': {'dilation': 2}, 'dilation2_valid': {'dilation': 2, 'padding': 'VALID'}}.items():
    add('conv_2d/' + variant, conv(image(), Const(3, 3, 3, 4), **arguments))
    add('conv_2d/' + variant + '_bias_relu', relu(bias(conv(image(), Const(3, 3, 3, 4), **arguments), 4)))
    add('depthwise_conv_2d/' + variant, depthwise(image(), Const(3, 3, 3, 1), **arguments))
    add('depthwise_conv_2d/' + variant + '_bias_relu6', Op('Relu6', bias(depthwise(image(), Const(3, 3, 3, 1), **arguments), 3)))
add('conv_2d/pointwise', conv(image(), Const(1, 1, 3, 5)))
add('conv_2d/batch2', conv(In(2, 5, 4, 2), Const(3, 2, 2, 3)))
add('conv_2d/dynamic_batch', bias(conv(In(-1, 5, 5, 2), Const(3, 3, 2, 3)), 3))
add('conv_2d/groups', conv(image(4), Const(3, 3, 2, 6)))
add('conv_2d/groups_bias', bias(conv(image(4), Const(3, 3, 2, 6)), 6))
add('conv_2d/one_output_channel', bias(conv(image(), Const(3, 3, 3, 1)), 1))
add('conv_2d/relu_n1_to_1', Op('Minimum', Op('Maximum', bias(conv(image(), Const(3, 3, 3, 4)), 4), -1.0), 1.0))
add('conv_2d/tanh', Op('Tanh', bias(conv(image(), Const(3, 3, 3, 4)), 4)))
add('conv_2d/positive_input', bias(conv(image(low=0.0, high=6.0), Const(3, 3, 3, 4)), 4))
add('conv_2d/negative_input', bias(conv(image(low=-6.0, high=-2.0), Const(3, 3, 3, 4)), 4))
add('conv_2d/large_weights', bias(conv(image(), Const(3, 3, 3, 4, low=-900.0, high=700.0)), 4, low=-1e4, high=1e4))
add('conv_2d/tiny_weights', bias(conv(image(), Const(3, 3, 3, 4, low=-1e-6, high=1e-6)), 4, low=-1e-6, high=1e-6))
add('conv_2d/zero_weights', conv(image(), full(3, 3, 3, 4, value=0.0)))
add('conv_2d/zero_weights_bias', bias(conv(image(), full(3, 3, 3, 4, value=0.0)), 4))


def with_zero_channel(*shape, channel):
    values = np.random.RandomState(7).uniform(-1, 1, shape).astype(np.float32)
    values[..., channel] = 0
    return Const(value=values, dtype='float32')


add('conv_2d/zero_channel', conv(image(), with_zero_channel(3, 3, 3, 4, channel=1)))
add('conv_2d/zero_channel_bias', bias(conv(image(), with_zero_channel(3, 3, 3, 4, channel=1)), 4))
add('conv_2d/bias_overflow', Op('BiasAdd', conv(image(), Const(3, 3, 3, 4)), Const(value=[0.5, 1e8, -1e9, 1.0], dtype='float32')))
add('conv_2d/bias_overflow_per_tensor',
    Op('BiasAdd', conv(image(), Const(3, 3, 3, 4)), Const(value=[0.5, 1e8, -1e9, 1.0], dtype='float32')), per_tensor=True)
add('conv_2d/zero_bias', Op('BiasAdd', conv(image(), Const(3, 3, 3, 4)), full(4, value=0.0)))
add('conv_2d/per_tensor', bias(conv(image(), Const(3, 3, 3, 4)), 4), per_tensor=True)
add('conv_2d/per_tensor_dense', bias(conv(image(), Const(3, 3, 3, 4)), 4), per_tensor_dense=True)
add('conv_2d/explicit_padding', conv(image(), Const(3, 3, 3, 4), padding='EXPLICIT', explicit_paddings=[0, 0, 2, 1, 1, 2, 0, 0]))
add('conv_2d/batch_norm', relu(Op('FusedBatchNormV3', conv(image(), Const(3, 3, 3, 4)), Const(4, low=0.5, high=1.5), Const(4), Const(4),
                                  Const(4, low=0.5, high=2.0), is_training=False, epsilon=0.001)))
add('conv_2d/scaled', Op('Mul', conv(image(), Const(3, 3, 3, 4)), Const(4, low=0.5, high=2.0)))
add('conv_2d/minus', Op('Sub', conv(image(), Const(3, 3, 3, 4)), Const(4)))
add('conv_2d/1d', Op('Squeeze', conv(Op('ExpandDims', In(1, 8, 3), scalar(1)), Const(1, 3, 3, 4)), squeeze_dims=[1]))
add('conv_2d/large', bias(conv(In(1, 4, 4, 16), Const(3, 3, 16, 8)), 8))
add('conv_2d/large_equal_scales', bias(conv(In(1, 4, 4, 32), Const(value=np.eye(32, dtype=np.float32)[None, None], dtype='float32')), 32))
add('conv_2d/large_per_tensor', bias(conv(In(1, 4, 4, 16), Const(3, 3, 16, 8)), 8), per_tensor=True)
add('conv_2d/uint8_io', bias(conv(image(), Const(3, 3, 3, 4)), 4), io='uint8')
add('conv_2d/int16_io', bias(conv(image(), Const(3, 3, 3, 4)), 4), io='int16')
add('depthwise_conv_2d/multiplier2', bias(depthwise(image(), Const(3, 3, 3, 2)), 6))
add('depthwise_conv_2d/multiplier3_one_channel', depthwise(image(1), Const(3, 3, 1, 3)))
add('depthwise_conv_2d/per_tensor', bias(depthwise(image(), Const(3, 3, 3, 1)), 3), per_tensor=True)
add('depthwise_conv_2d/zero_channel', Op('BiasAdd', depthwise(image(), Op('ExpandDims', with_zero_channel(3, 3, 3, channel=2), scalar(3))),
                                         Const(3)))
add('depthwise_conv_2d/bias_overflow', Op('BiasAdd', depthwise(image(), Const(3, 3, 3, 1)), Const(value=[1e9, 0.1, -1e8], dtype='float32')))
add('depthwise_conv_2d/batch_norm', Op('FusedBatchNormV3', depthwise(image(), Const(3, 3, 3, 1)), Const(3, low=0.5, high=1.5), Const(3),
                                       Const(3), Const(3, low=0.5, high=2.0), is_training=False, epsilon=0.001))
add('depthwise_conv_2d/large', bias(depthwise(In(1, 4, 4, 128), Const(3, 3, 128, 1)), 128))
add('depthwise_conv_2d/dynamic_batch', depthwise(In(-1, 5, 5, 2), Const(3, 3, 2, 1)))


def deconv(x, filters, shape, *, stride=2, padding='SAME'):
    return Op('Conv2DBackpropInput', ints(*shape), filters, x, strides=[1, stride, stride, 1], padding=padding)


add('transpose_conv/same', deconv(image(2, 4), Const(3, 3, 3, 2), [1, 8, 8, 3]))
add('transpose_conv/valid', deconv(image(2, 4), Const(3, 3, 3, 2), [1, 9, 9, 3], padding='VALID'))
add('transpose_conv/stride1', deconv(image(2, 4), Const(3, 3, 3, 2), [1, 4, 4, 3], stride=1))
add('transpose_conv/bias', bias(deconv(image(2, 4), Const(3, 3, 3, 2), [1, 8, 8, 3]), 3))
add('transpose_conv/bias_relu', relu(bias(deconv(image(2, 4), Const(3, 3, 3, 2), [1, 8, 8, 3]), 3)))
add('transpose_conv/per_tensor', bias(deconv(image(2, 4), Const(3, 3, 3, 2), [1, 8, 8, 3]), 3), per_tensor=True)
add('transpose_conv/large', bias(deconv(In(1, 3, 3, 16), Const(3, 3, 8, 16), [1, 6, 6, 8]), 8))
add('transpose_conv/large_per_tensor', bias(deconv(In(1, 3, 3, 16), Const(3, 3, 8, 16), [1, 6, 6, 8]), 8), per_tensor=True)
add('transpose_conv/large_no_bias', deconv(In(1, 3, 3, 16), Const(3, 3, 8, 16), [1, 6, 6, 8]))
add('transpose_conv/bias_overflow',
    Op('BiasAdd', deconv(image(2, 4), Const(3, 3, 3, 2), [1, 8, 8, 3]), Const(value=[1e9, 0.1, -1e8], dtype='float32')))

# --- dense layers -----------------------------------------------------------------------------------------------------------


def dense(x, rows, columns, **more):
    return Op('MatMul', x, Const(rows, columns, **more))


add('fully_connected/plain', dense(In(2, 6), 6, 4))
add('fully_connected/bias', bias(dense(In(2, 6), 6, 4), 4))
add('fully_connected/bias_relu', relu(bias(dense(In(2, 6), 6, 4), 4)))
add('fully_connected/bias_relu6', Op('Relu6', bias(dense(In(2, 6, high=9.0), 6, 4), 4)))
add('fully_connected/add_bias', Op('AddV2', dense(In(2, 6), 6, 4), Const(4)))
add('fully_connected/transpose_b', Op('MatMul', In(2, 6), Const(4, 6), transpose_b=True))
add('fully_connected/transpose_a', Op('MatMul', In(6, 2), Const(6, 4), transpose_a=True))
add('fully_connected/constant_lhs', Op('MatMul', Const(3, 6), In(6, 2)))
add('fully_connected/dynamic_batch', bias(dense(In(-1, 6), 6, 4), 4))
add('fully_connected/one_unit', bias(dense(In(2, 6), 6, 1), 1))
add('fully_connected/per_tensor', bias(dense(In(2, 6), 6, 4), 4), per_tensor=True)
add('fully_connected/per_tensor_dense', bias(dense(In(2, 6), 6, 4), 4), per_tensor_dense=True)
add('fully_connected/zero_unit', Op('BiasAdd', Op('MatMul', In(2, 6), with_zero_channel(6, 4, channel=0)), Const(4)))
add('fully_connected/bias_overflow', Op('BiasAdd', dense(In(2, 6), 6, 3), Const(value=[1e9, 0.1, -1e8], dtype='float32')))
add('fully_connected/bias_overflow_per_tensor', Op('BiasAdd', dense(In(2, 6), 6, 3), Const(value=[1e9, 0.1, -1e8], dtype='float32')),
    per_tensor_dense=True)
add('fully_connected/large', bias(dense(In(2, 64), 64, 24), 24))
add('fully_connected/large_per_tensor', bias(dense(In(2, 64), 64, 24), 24), per_tensor=True)
add('fully_connected/large_per_tensor_dense', bias(dense(In(2, 64), 64, 24), 24), per_tensor_dense=True)
add('fully_connected/large_and_small', bias(dense(relu(bias(dense(In(1, 64), 64, 24), 24)), 24, 4), 4))
add('fully_connected/two_layers', Op('Softmax', bias(dense(relu(bias(dense(In(1, 8), 8, 6), 6)), 6, 4), 4)))
add('fully_connected/from_batch_matmul', Op('BatchMatMulV2', In(1, 3, 6), Const(6, 4)))
add('fully_connected/from_batch_matmul_bias', Op('AddV2', Op('BatchMatMulV2', In(1, 3, 6), Const(6, 4)), Const(4)))
add('fully_connected/einsum', Op('Einsum', In(1, 3, 6), Const(6, 4), equation='abc,cd->abd'))
add('fully_connected/flatten', bias(dense(Op('Reshape', image(2, 3), ints(1, 18)), 18, 4), 4))
add('fully_connected/scaled', Op('Mul', dense(In(2, 6), 6, 4), Const(4, low=0.5, high=2.0)))
add('fully_connected/uint8_io', bias(dense(In(2, 6), 6, 4), 4), io='uint8')
add('fully_connected/int16_io', bias(dense(In(2, 6), 6, 4), 4), io='int16')
add('fully_connected/computed_weights', Op('MatMul', In(2, 6), In(6, 4)))
for variant, (left, right) in {'activations': (In(2, 3, 4), In(2, 4, 5)), 'constant_rhs': (In(2, 3, 4), Const(2, 4, 5)),
                               'constant_lhs': (Const(2, 3, 4), In(2, 4, 5)), 'rank4': (In(1, 2, 3, 4), In(1, 2, 4, 5)),
                               'broadcast': (In(2, 3, 4), In(1, 4, 5)), 'large_constant_rhs': (In(2, 3, 32), Const(2, 32, 20)),
                               'large_constant_lhs': (Const(2, 20, 32), In(2, 32, 3))}.items():
    add('batch_matmul/' + variant, Op('BatchMatMulV2', left, right))
add('batch_matmul/adj_x', Op('BatchMatMulV2', In(2, 4, 3), In(2, 4, 5), adj_x=True))
add('batch_matmul/adj_y', Op('BatchMatMulV2', In(2, 3, 4), In(2, 5, 4), adj_y=True))
add('batch_matmul/adj_both', Op('BatchMatMulV2', In(2, 4, 3), In(2, 5, 4), adj_x=True, adj_y=True))
add('batch_matmul/adj_y_constant', Op('BatchMatMulV2', In(2, 3, 4), Const(2, 5, 4), adj_y=True))
add('batch_matmul/self', (lambda x: Op('BatchMatMulV2', x, x, adj_y=True))(In(2, 3, 4)))
add('batch_matmul/per_tensor', Op('BatchMatMulV2', In(2, 3, 4), Const(2, 4, 5)), per_tensor=True)

# --- pools ------------------------------------------------------------------------------------------------------------------
for op, tf in (('average_pool_2d', 'AvgPool'), ('max_pool_2d', 'MaxPool')):
    for variant, (window, stride, padding) in {'same': (2, 1, 'SAME'), 'valid': (2, 2, 'VALID'), 'overlap': (3, 2, 'SAME'),
                                               'global': (6, 6, 'VALID')}.items():
        add('%s/%s' % (op, variant), Op(tf, image(), ksize=[1, window, window, 1], strides=[1, stride, stride, 1], padding=padding))
    add(op + '/relu', relu(Op(tf, image(), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID')))
    add(op + '/after_conv', Op(tf, relu(bias(conv(image(), Const(3, 3, 3, 4)), 4)), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
                               padding='VALID'))

# --- elementwise, one operand -------------------------------------------------------------------------------------------------
UNARY = {
    'Abs': (-3, 3), 'Ceil': (-3, 3), 'Cos': (-3, 3), 'Elu': (-3, 3), 'Exp': (-2, 2), 'Floor': (-3, 3), 'LeakyRelu': (-3, 3),
    'Log': (0.1, 4), 'LogSoftmax': (-3, 3), 'Neg': (-3, 3), 'Relu': (-3, 3), 'Relu6': (-3, 9), 'Round': (-3, 3), 'Rsqrt': (0.2, 4),
    'Sigmoid': (-5, 5), 'Sign': (-3, 3), 'Sin': (-3, 3), 'Softmax': (-3, 3), 'Sqrt': (0.1, 4), 'Square': (-3, 3), 'Tanh': (-3, 3),
    'Softplus': (-3, 3), 'Softsign': (-3, 3), 'Selu': (-3, 3), 'Reciprocal': (0.5, 4), 'Log1p': (0.1, 4), 'Expm1': (-2, 2), 'Rint': (-3, 3),
}
NAMES = {'Sigmoid': 'logistic', 'LeakyRelu': 'leaky_relu', 'LogSoftmax': 'log_softmax', 'Rint': 'round_rint'}
for tf, (low, high) in UNARY.items():
    name = NAMES.get(tf, tf.lower())
    add(name + '/plain', Op(tf, In(2, 5, low=low, high=high)))
    add(name + '/between_dense', dense(Op(tf, Op('Abs', dense(In(2, 5, low=0.4, high=1), 5, 4, low=0.2, high=0.8))), 4, 3))
for tf in ('Relu', 'Tanh', 'Sigmoid', 'Softmax', 'LeakyRelu', 'Exp'):
    add(NAMES.get(tf, tf.lower()) + '/rank4', Op(tf, image(2, 3, low=-2.0, high=3.0)))
add('leaky_relu/alpha', Op('LeakyRelu', In(2, 5, low=-3, high=3), alpha=0.01))
add('relu/never_positive', relu(In(2, 5, low=-3, high=-1)))
add('relu/all_positive', relu(In(2, 5, low=1, high=3)))
add('relu/zero', relu(In(2, 5, low=0.0, high=0.0)))
add('relu/tiny', relu(In(2, 5, low=0.0, high=3e-7)))
add('relu/huge', relu(In(2, 5, low=-1e20, high=3e20)))
add('relu/dynamic', relu(In(-1, 5)))
add('relu/uint8_io', relu(In(2, 5)), io='uint8')
add('relu/int16_io', relu(In(2, 5)), io='int16')
add('relu/scalar_shape', relu(In(1)))
add('relu_n1_to_1/min_max', Op('Maximum', Op('Minimum', In(2, 5, low=-3, high=3), 1.0), -1.0))
add('relu_n1_to_1/max_min', Op('Minimum', Op('Maximum', In(2, 5, low=-3, high=3), -1.0), 1.0))
add('relu_0_to_1/min_max', Op('Maximum', Op('Minimum', In(2, 5, low=-3, high=3), 1.0), 0.0))
add('relu_0_to_1/max_min', Op('Minimum', Op('Maximum', In(2, 5, low=-3, high=3), 0.0), 1.0))
add('relu6/min_max', (lambda x: Op('Minimum', relu(x), 6.0))(In(2, 5, low=-3, high=9)))
add('hard_swish/plain', (lambda x: Op('Mul', Op('Mul', x, Op('Relu6', Op('AddV2', x, 3.0))), 1 / 6))(In(2, 5, low=-5, high=5)))
add('hard_swish/sigmoid', Op('Mul', Op('Relu6', Op('AddV2', In(2, 5, low=-5, high=5), 3.0)), 1 / 6))
add('logistic/swish', (lambda x: Op('Mul', x, Op('Sigmoid', x)))(In(2, 5, low=-5, high=5)))
add('gelu/exact', (lambda x: Op('Mul', Op('Mul', x, 0.5), Op('AddV2', Op('Erf', Op('Mul', x, 0.70710678)), 1.0)))(In(2, 5, low=-3, high=3)))
add('gelu/approximate', (lambda x: Op('Mul', Op('Mul', x, 0.5), Op('AddV2', Op('Tanh', Op('Mul', Op('AddV2', x, Op(
    'Mul', Op('Pow', x, 3.0), 0.044715)), 0.7978845608)), 1.0)))(In(2, 5, low=-3, high=3)))
add('prelu/per_channel', (lambda x: Op('AddV2', relu(x), Op('Mul', Const(1, 1, 3, low=-0.4, high=-0.1), relu(Op('Neg', x)))))(image(low=-3, high=3)))
add('prelu/full', (lambda x: Op('AddV2', relu(x), Op('Mul', Const(6, 6, 3, low=-0.4, high=0.3), relu(Op('Neg', x)))))(image(low=-3, high=3)))
add('softmax/rank3', Op('Softmax', In(1, 3, 5, low=-3, high=3)))
# Nearly equal: sums of exponentials that the integers of LiteRT's reference kernels do not hold.
add('softmax/of_1000', Op('Softmax', In(2, 1000, low=-0.01, high=0.01)))
add('softmax/of_5000', Op('Softmax', In(1, 5000, low=-0.01, high=0.01)))
add('log_softmax/of_5000', Op('LogSoftmax', In(1, 5000, low=-0.01, high=0.01)))
add('softmax/written_out', (lambda x: (lambda e: Op('RealDiv', e, Op('Sum', e, ints(-1), keep_dims=True)))(
    Op('Exp', Op('Sub', x, Op('Max', x, ints(-1), keep_dims=True)))))(In(2, 5, low=-3, high=3)))
add('l2_normalization/plain', (lambda x: Op('Mul', x, Op('Rsqrt', Op('Maximum', Op('Sum', Op('Square', x), ints(-1), keep_dims=True), 1e-12))))(
    In(2, 5, low=-3, high=3)))
add('local_response_normalization/plain', Op('LRN', image(4), depth_radius=2, alpha=0.5, beta=0.75))
add('batch_norm/alone', Op('FusedBatchNormV3', image(4), Const(4, low=0.5, high=1.5), Const(4), Const(4), Const(4, low=0.5, high=2.0),
                           is_training=False, epsilon=0.001))
add('layer_norm/plain', (lambda x: (lambda m: Op('AddV2', Op('Mul', Op('Mul', Op('Sub', x, m), Op('Rsqrt', Op('AddV2', Op(
    'Mean', Op('SquaredDifference', x, m), ints(-1), keep_dims=True), 0.001))), Const(6)), Const(6)))(
        Op('Mean', x, ints(-1), keep_dims=True)))(In(2, 3, 6)))
add('cast/to_int', Op('Cast', In(2, 5, low=-9, high=9), DstT=np.dtype('int32')))
add('cast/from_int', Op('Cast', In(2, 5, low=-9, high=9, dtype='int32'), DstT=np.dtype('float32')))
add('cast/int_to_relu', relu(Op('Cast', In(2, 5, low=-9, high=9, dtype='int32'), DstT=np.dtype('float32'))))

# --- elementwise, two operands ------------------------------------------------------------------------------------------------
BINARY = {'AddV2': 'add', 'Sub': 'sub', 'Mul': 'mul', 'RealDiv': 'div', 'Maximum': 'maximum', 'Minimum': 'minimum',
          'SquaredDifference': 'squared_difference', 'FloorDiv': 'floor_div', 'FloorMod': 'floor_mod', 'Pow': 'pow', 'Atan2': 'atan2'}
COMPARE = {'Greater': 'greater', 'GreaterEqual': 'greater_equal', 'Less': 'less', 'LessEqual': 'less_equal', 'Equal': 'equal',
           'NotEqual': 'not_equal'}
for tf, name in {**BINARY, **COMPARE}.items():
    low = 0.5 if tf in ('RealDiv', 'FloorDiv', 'FloorMod', 'Pow') else -2.0
    ranged = {'low': low, 'high': 3.0}
    add(name + '/two_inputs', Op(tf, In(2, 4, **ranged), In(2, 4, low=low, high=5.0)))
    add(name + '/broadcast_row', Op(tf, In(2, 3, 4, **ranged), In(4, **ranged)))
    add(name + '/constant_right', Op(tf, In(2, 4, **ranged), Const(4, **ranged)))
    add(name + '/constant_left', Op(tf, Const(4, **ranged), In(2, 4, **ranged)))
    add(name + '/scalar_right', Op(tf, In(2, 4, **ranged), 1.5))
for tf in ('AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'):
    name = BINARY[tf]
    add(name + '/relu', relu(Op(tf, In(2, 4, low=0.5, high=3.0), In(2, 4, low=0.5, high=3.0))))
    add(name + '/same_operand', (lambda x, tf=tf: Op(tf, x, x))(In(2, 4, low=0.5, high=3.0)))
    add(name + '/of_relus', Op(tf, relu(In(2, 4, high=3.0)), Op('Relu6', In(2, 4, low=0.5, high=7.0))) if tf != 'RealDiv' else
        Op(tf, relu(In(2, 4, high=3.0)), Op('Exp', In(2, 4))))
    add(name + '/dynamic', Op(tf, In(-1, 4, low=0.5, high=3.0), Const(4, low=0.5, high=2.0)))
for tf in ('AddV2', 'Sub', 'Mul'):
    add(BINARY[tf] + '/rank5', Op(tf, In(1, 2, 1, 2, 3), In(1, 2, 2, 2, 3)))
    add(BINARY[tf] + '/uint8_io', Op(tf, In(2, 4), In(2, 4)), io='uint8')
    add(BINARY[tf] + '/int16_io', Op(tf, In(2, 4), In(2, 4)), io='int16')
    add(BINARY[tf] + '/int32', Op(tf, In(2, 4, low=-9, high=9, dtype='int32'), In(2, 4, low=-9, high=9, dtype='int32')))
add('add/bias_add', bias(In(2, 4), 4))
add('add/zero_constant', Op('AddV2', Op('Exp', In(2, 4)), Const(value=[0, 0, 0, 1], dtype='float32')))
add('add/splat_negative', Op('AddV2', In(2, 4), full(4, value=-2.5)))
add('add/nan_constant', Op('AddV2', In(2, 4), Const(value=[np.nan, 1, 2, 3], dtype='float32')))
add('add/inf_constant', Op('Maximum', In(2, 4), Const(value=[-np.inf, 1, 2, 3], dtype='float32')))
add('add_n/three', Op('AddN', In(2, 4), In(2, 4), In(2, 4)))
add('mul/large_scale', Op('Mul', In(2, 4, low=-300, high=300), In(2, 4, low=-300, high=300)))
add('mul/small_result', relu(Op('Mul', In(2, 4, low=-3, high=0.0), In(2, 4, low=0.5, high=3))))
add('pow/square', Op('Pow', In(2, 4), 2.0))
add('pow/cube', Op('Pow', In(2, 4), 3.0))
add('pow/half', Op('Pow', In(2, 4, low=0.5, high=3), 0.5))
add('logical/and_or_not', Op('LogicalNot', Op('LogicalOr', Op('LogicalAnd', Op('Greater', In(2, 4), 0.1), Op('Less', In(2, 4), 0.5)),
                                              Op('GreaterEqual', In(2, 4), 0.7))))

# --- reductions -----------------------------------------------------------------------------------------------------------------
for tf, name in {'Sum': 'sum', 'Mean': 'mean', 'Max': 'reduce_max', 'Min': 'reduce_min', 'Prod': 'reduce_prod'}.items():
    for variant, (axes, keep) in {'last': (ints(-1), False), 'last_keep': (ints(-1), True), 'spatial': (ints(1, 2), False),
                                  'spatial_keep': (ints(1, 2), True), 'all': (ints(0, 1, 2, 3), False), 'scalar_axis': (scalar(1), False)}.items():
        add('%s/%s' % (name, variant), Op(tf, image(2, 3, low=-2.0, high=3.0), axes, keep_dims=keep))
    add(name + '/of_relu', Op(tf, relu(In(2, 5)), ints(1)))
add('mean/uint8_io', Op('Mean', image(), ints(1, 2)), io='uint8')
add('reduce_any/plain', Op('Any', Op('Greater', In(2, 4), 0.5), ints(1)))
add('reduce_all/plain', Op('All', Op('Greater', In(2, 4), -0.5), ints(1), keep_dims=True))
for tf, name in {'ArgMax': 'arg_max', 'ArgMin': 'arg_min'}.items():
    add(name + '/last', Op(tf, In(2, 5), scalar(-1)))
    add(name + '/int32', Op(tf, In(2, 5), scalar(0), output_type=np.dtype('int32')))
    add(name + '/of_dense', Op(tf, bias(dense(In(2, 6), 6, 4), 4), scalar(1)))
add('topk_v2/two', *(lambda t: (t, t.result(1)))(Op('TopKV2', In(2, 5), scalar(2))))
add('topk_v2/values_only', Op('TopKV2', In(2, 5), scalar(2)))
add('topk_v2/of_dense', *(lambda t: (t, t.result(1)))(Op('TopKV2', dense(In(2, 6), 6, 4), scalar(3))))
for variant, attrs in {'plain': {}, 'exclusive': {'exclusive': True}, 'reverse': {'reverse': True}}.items():
    add('cumsum/' + variant, Op('Cumsum', In(2, 5), scalar(1), **attrs))
