"""Cases of ops that move elements, and of chains in which parameters spread."""
import numpy as np

from cases import add, bias, conv, dense, image, relu
from models import Const, In, Op, full, ints, scalar


def matrix(rows):
    return Const(value=rows, dtype='int32')


def after_and_before(name, make, shape):
    """The op alone, behind an op with a range of its own, and between dense-like ops."""
    add(name + '/plain', make(In(*shape, low=-2.0, high=3.0)))
    add(name + '/of_relu', make(relu(In(*shape, low=-2.0, high=3.0))))
    add(name + '/of_sigmoid', make(Op('Sigmoid', In(*shape, low=-2.0, high=3.0))))
    add(name + '/of_cos', make(Op('Cos', In(*shape, low=-2.0, high=3.0))))
    add(name + '/then_exp', Op('Exp', make(In(*shape, low=-2.0, high=1.0))))


after_and_before('reshape', lambda x: Op('Reshape', x, ints(3, 4)), [2, 6])
after_and_before('transpose', lambda x: Op('Transpose', x, ints(1, 0)), [2, 6])
after_and_before('slice', lambda x: Op('Slice', x, ints(0, 1), ints(2, 3)), [2, 6])
after_and_before('strided_slice', lambda x: Op('StridedSlice', x, ints(0, 0), ints(2, 6), ints(1, 2)), [2, 6])
after_and_before('pad', lambda x: Op('Pad', x, matrix([[0, 0], [1, 2]])), [2, 4])
after_and_before('padv2', lambda x: Op('PadV2', x, matrix([[0, 0], [1, 2]]), 0.5), [2, 4])
after_and_before('mirror_pad', lambda x: Op('MirrorPad', x, matrix([[0, 0], [1, 2]]), mode='REFLECT'), [2, 4])
after_and_before('tile', lambda x: Op('Tile', x, ints(1, 2)), [2, 3])
after_and_before('gather', lambda x: Op('GatherV2', x, ints(1, 0, 1), scalar(1)), [2, 3])
after_and_before('gather_nd', lambda x: Op('GatherNd', x, matrix([[0, 1], [1, 2]])), [2, 3])
after_and_before('reverse_v2', lambda x: Op('ReverseV2', x, ints(1)), [2, 3])
after_and_before('broadcast_to', lambda x: Op('BroadcastTo', x, ints(4, 3)), [1, 3])
after_and_before('space_to_depth', lambda x: Op('SpaceToDepth', x, block_size=2), [1, 4, 4, 2])
after_and_before('depth_to_space', lambda x: Op('DepthToSpace', x, block_size=2), [1, 2, 2, 8])
after_and_before('space_to_batch_nd', lambda x: Op('SpaceToBatchND', x, ints(2, 2), matrix([[0, 0], [0, 0]])), [1, 4, 4, 2])
after_and_before('batch_to_space_nd', lambda x: Op('BatchToSpaceND', x, ints(2, 2), matrix([[0, 0], [0, 0]])), [4, 2, 2, 2])
after_and_before('resize_bilinear', lambda x: Op('ResizeBilinear', x, ints(6, 5)), [1, 3, 4, 2])
after_and_before('resize_nearest_neighbor', lambda x: Op('ResizeNearestNeighbor', x, ints(6, 5)), [1, 3, 4, 2])
for tf, name in {'ResizeBilinear': 'resize_bilinear', 'ResizeNearestNeighbor': 'resize_nearest_neighbor'}.items():
    add(name + '/align_corners', Op(tf, image(2, 3), ints(7, 5), align_corners=True))
    add(name + '/half_pixel', Op(tf, image(2, 3), ints(7, 5), half_pixel_centers=True))
    add(name + '/shrink', Op(tf, image(2, 6), ints(3, 4), half_pixel_centers=True))
add('reshape/dynamic', Op('Reshape', In(-1, 6), ints(-1, 3)))
add('reshape/uint8_io', Op('Reshape', In(2, 6), ints(3, 4)), io='uint8')
add('reshape/int16_io', Op('Reshape', In(2, 6), ints(3, 4)), io='int16')
add('expand_dims/plain', Op('ExpandDims', In(2, 6), scalar(1)))
add('expand_dims/dynamic', Op('ExpandDims', In(-1, 6), scalar(0)))
add('squeeze/plain', Op('Squeeze', In(2, 1, 3), squeeze_dims=[1]))
add('squeeze/dynamic', Op('Squeeze', In(-1, 1, 3), squeeze_dims=[1]))
add('transpose/rank4', Op('Transpose', image(2, 3), ints(0, 3, 1, 2)))
add('transpose/twice', Op('Transpose', relu(Op('Transpose', image(2, 3), ints(0, 3, 1, 2))), ints(0, 2, 3, 1)))
add('strided_slice/shrink', Op('StridedSlice', In(2, 3, 4), ints(0, 1), ints(2, 2), ints(1, 1), shrink_axis_mask=2, begin_mask=1, end_mask=1))
add('strided_slice/reverse', Op('StridedSlice', In(2, 6), ints(0, 0), ints(0, 0), ints(1, -1), begin_mask=3, end_mask=3))
add('strided_slice/new_axis', Op('StridedSlice', In(2, 6), ints(0, 0), ints(0, 0), ints(1, 1), begin_mask=1, end_mask=1, new_axis_mask=2))
add('strided_slice/ellipsis', Op('StridedSlice', In(2, 3, 4), ints(0, 1), ints(0, 3), ints(1, 1), ellipsis_mask=1))
add('strided_slice/rank5', Op('StridedSlice', In(1, 2, 3, 2, 4), ints(0, 0, 0, 0, 1), ints(1, 2, 3, 2, 3), ints(1, 1, 1, 1, 1)))
add('slice/rest', Op('Slice', In(2, 6), ints(0, 2), ints(-1, -1)))
add('slice/rank5', Op('Slice', In(1, 2, 3, 2, 4), ints(0, 0, 0, 0, 1), ints(1, 2, 3, 2, 2)))
add('pad/rank4', Op('Pad', image(2, 3), matrix([[0, 0], [1, 1], [2, 0], [0, 0]])))
add('pad/int64', Op('Pad', In(2, 4), Const(value=[[0, 0], [1, 2]], dtype='int64')))
add('pad/before_conv', conv(Op('Pad', image(), matrix([[0, 0], [1, 1], [1, 1], [0, 0]])), Const(3, 3, 3, 4), padding='VALID'))
add('pad/before_stride2_conv', conv(Op('Pad', image(), matrix([[0, 0], [1, 1], [1, 1], [0, 0]])), Const(3, 3, 3, 4), stride=2, padding='VALID'))
add('padv2/large_value', Op('PadV2', In(2, 4), matrix([[1, 0], [1, 2]]), 7.0))
add('padv2/zero', Op('PadV2', In(2, 4, low=1.0, high=3.0), matrix([[1, 0], [1, 2]]), 0.0))
add('mirror_pad/symmetric', Op('MirrorPad', In(2, 4), matrix([[1, 0], [1, 2]]), mode='SYMMETRIC'))
add('tile/twice', Op('Tile', In(1, 3), ints(2, 2)))
add('gather/axis0', Op('GatherV2', In(3, 4), ints(2, 0), scalar(0)))
add('gather/scalar_index', Op('GatherV2', In(3, 4), scalar(1), scalar(0)))
add('gather/batch_dims', Op('GatherV2', In(2, 3, 4), Const(value=[[0, 2], [1, 1]], dtype='int32'), scalar(1), batch_dims=1))
add('gather/indices_input', Op('GatherV2', In(3, 4), In(2, low=0, high=2, dtype='int32'), scalar(0)))
add('gather/constant_table', Op('GatherV2', Const(5, 4), In(2, low=0, high=4, dtype='int32'), scalar(0)))
add('gather/constant_table_dense', dense(Op('GatherV2', Const(5, 4), In(2, low=0, high=4, dtype='int32'), scalar(0)), 4, 3))
add('gather/large_table', Op('GatherV2', Const(300, 8), In(2, low=0, high=299, dtype='int32'), scalar(0)))
add('gather/large_result', Op('GatherV2', Const(130, 8), In(140, low=0, high=129, dtype='int32'), scalar(0)))
add('gather_nd/indices_input', Op('GatherNd', In(3, 4), In(2, 1, low=0, high=2, dtype='int32')))
add('scatter_nd/plain', Op('ScatterNd', matrix([[1], [3]]), In(2, 3), ints(5, 3)))
add('scatter_nd/of_relu', Op('ScatterNd', matrix([[1], [3]]), relu(In(2, 3)), ints(5, 3)))
add('reverse_sequence/plain', Op('ReverseSequence', In(2, 4, low=-2.0, high=3.0), ints(2, 3), seq_dim=1, batch_dim=0))
add('fill/scalar_input', Op('Fill', ints(2, 3), In()))
add('one_hot/plain', Op('OneHot', In(3, low=0, high=3, dtype='int32'), scalar(4), 1.0, 0.0))
add('one_hot/values', Op('OneHot', In(3, low=0, high=3, dtype='int32'), scalar(4), 2.5, -1.5, axis=0))
add('one_hot/matmul', Op('MatMul', Op('OneHot', In(3, low=0, high=3, dtype='int32'), scalar(4), 1.0, 0.0), Const(4, 3)))
add('one_hot/add', Op('AddV2', Op('OneHot', In(3, low=0, high=3, dtype='int32'), scalar(4), 1.0, 0.0), In(3, 4)))
add('matrix_diag/plain', Op('MatrixDiag', In(2, 3)))
add('where/plain', Op('Where', Op('Greater', In(2, 4), 0.2)))
add('shape/of_input', Op('Shape', In(-1, 4)))
add('shape/reshape_like', (lambda x: Op('Reshape', Op('Transpose', x, ints(1, 0)), Op('Shape', x)))(In(-1, 4)))
add('zeros_like/add', (lambda x: Op('AddV2', x, Op('ZerosLike', relu(x))))(In(-1, 4)))

# --- joining and splitting --------------------------------------------------------------------------------------------------
X = [2, 3]
for op, make in {'concatenation': lambda *xs, axis=1: Op('ConcatV2', *xs, scalar(axis)), 'pack': lambda *xs, axis=1: Op('Pack', *xs, axis=axis)}.items():
    add(op + '/two', make(In(*X), In(*X, high=4.0)))
    add(op + '/three', make(In(*X), In(*X, high=4.0), In(*X, low=-9.0)))
    add(op + '/axis0', make(In(*X), In(*X, high=4.0), axis=0))
    add(op + '/with_constant', make(In(*X), Const(*X, high=4.0)))
    add(op + '/constant_first', make(Const(*X, high=4.0), In(*X)))
    add(op + '/constant_out_of_range', make(In(*X), Const(*X, low=20.0, high=40.0)))
    add(op + '/same_twice', (lambda x, make=make: make(x, x))(In(*X)))
    add(op + '/of_relus', make(relu(In(*X)), Op('Relu6', In(*X, high=8.0))))
    add(op + '/of_sigmoid', make(Op('Sigmoid', In(*X)), relu(In(*X, high=4.0))))
    add(op + '/of_two_softmax', make(Op('Softmax', In(*X)), Op('Softmax', In(*X, high=4.0))))
    add(op + '/of_cos', make(Op('Cos', In(*X)), relu(In(*X, high=4.0))))
    add(op + '/of_same_scale', make(Op('ReverseV2', In(*X), ints(1)), Op('ReverseV2', In(*X, high=4.0), ints(0))))
    add(op + '/then_dense', dense(Op('Reshape', make(In(*X), In(*X, high=4.0)), ints(2, 6)), 6, 3))
    add(op + '/int16_io', make(In(*X), In(*X, high=4.0)), io='int16')
    add(op + '/uint8_io', make(In(*X), In(*X, high=4.0)), io='uint8')
add('concatenation/int32', Op('ConcatV2', In(*X, dtype='int32', high=9), In(*X, dtype='int32', high=9), scalar(0)))
add('concatenation/nested', (lambda a, b, c: Op('ConcatV2', Op('ConcatV2', a, b, scalar(1)), c, scalar(1)))(In(*X), In(*X, high=4.0), In(*X, low=-9.0)))
for op, make in {'split': lambda x, n, axis: Op('Split', scalar(axis), x, num_split=n),
                 'split_v': lambda x, n, axis: Op('SplitV', x, ints(*([1] * (n - 1) + [6 - n + 1])), scalar(axis), num_split=n),
                 'unpack': lambda x, n, axis: Op('Unpack', x, num=6, axis=axis)}.items():
    for variant, wrap in {'plain': lambda x: x, 'of_relu': relu, 'of_sigmoid': lambda x: Op('Sigmoid', x)}.items():
        add('%s/%s' % (op, variant), *(lambda s: (s, s.result(1)))(make(wrap(In(2, 6)), 2, 1)))
    add(op + '/add', (lambda s: Op('AddV2', s, s.result(1)))(make(In(2, 6), 3, 1) if op != 'split_v' else make(In(2, 6), 6, 1)))
    add(op + '/one_used', relu(make(In(2, 6), 3, 1).result(1)))
for name in ('select', 'select_v2'):
    tf = 'Select' if name == 'select' else 'SelectV2'
    def cond(*shape):
        return Op('Greater', In(*shape), 0.1)
    add(name + '/two', Op(tf, cond(2, 3), In(2, 3), In(2, 3, high=4.0)))
    add(name + '/constant', Op(tf, cond(2, 3), In(2, 3), Const(2, 3, high=4.0)))
    add(name + '/constant_first', Op(tf, cond(2, 3), Const(2, 3, high=4.0), In(2, 3)))
    add(name + '/bool_input', Op(tf, In(2, 3, dtype='bool'), In(2, 3), In(2, 3, high=4.0)))
    add(name + '/of_sigmoid', Op(tf, cond(2, 3), Op('Sigmoid', In(2, 3)), relu(In(2, 3, high=4.0))))
add('select_v2/broadcast', Op('SelectV2', Op('Greater', In(2, 1), 0.1), In(2, 3), In(3, high=4.0)))
add('select_v2/scalar', Op('SelectV2', Op('Greater', In(2, 3), 0.1), In(2, 3), 0.25))
add('select_v2/relu_by_hand', (lambda x: Op('SelectV2', Op('Greater', x, 0.0), x, Op('Mul', x, 0.2)))(In(2, 3)))

# --- chains ---------------------------------------------------------------------------------------------------------------------
add('chain/conv_pool_dense', Op('Softmax', bias(dense(Op('Reshape', Op(
    'MaxPool', relu(bias(conv(image(), Const(3, 3, 3, 4)), 4)), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID'), ints(1, 36)), 36, 5), 5)))
add('chain/residual', (lambda x: relu(Op('AddV2', x, bias(conv(x, Const(3, 3, 4, 4)), 4))))(relu(bias(conv(image(), Const(3, 3, 3, 4)), 4))))
add('chain/two_concats_of_one', *(lambda a: (Op('ConcatV2', a, relu(In(*X, high=3.0)), scalar(1)), Op('ConcatV2', a, relu(In(*X, high=9.0)), scalar(1))))(
    relu(In(*X))))
add('chain/sigmoid_concat_mul', *(lambda s: (Op('ConcatV2', s, relu(In(*X, high=3.0)), scalar(1)), Op('Mul', s, Const(3))))(Op('Sigmoid', In(*X))))
add('chain/sigmoid_reshape_concat', Op('ConcatV2', Op('Reshape', Op('Sigmoid', In(3, 2)), ints(*X)), relu(In(*X, high=3.0)), scalar(1)))
add('chain/max_pool_concat', (lambda r: Op('ConcatV2', Op('MaxPool', r, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID'), Op(
    'AvgPool', r, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID'), scalar(3)))(relu(image())))
add('chain/cos_slice_relu', relu(Op('StridedSlice', Op('Cos', In(2, 6)), ints(0, 0), ints(2, 3), ints(1, 1))))
add('chain/cos_reshape_dense', dense(Op('Reshape', Op('Cos', In(2, 6)), ints(3, 4)), 4, 3))
add('chain/relu_cos_slice', Op('StridedSlice', Op('Cos', relu(In(2, 6))), ints(0, 0), ints(2, 3), ints(1, 1)))
add('chain/slice_before_cos', Op('Cos', Op('StridedSlice', relu(In(2, 6)), ints(0, 0), ints(2, 3), ints(1, 1))))
add('chain/tile_before_cos', Op('Cos', Op('Tile', relu(In(2, 3)), ints(1, 3))))
add('chain/several_consumers', *(lambda r: (Op('Exp', r), Op('Tanh', r), r))(relu(In(2, 4))))
add('chain/float_and_int_consumers', *(lambda r: (Op('Cos', r), Op('Sin', r), Op('Exp', r)))(relu(In(2, 4))))
add('chain/input_used_by_float_and_int', *(lambda x: (Op('Cos', x), relu(x)))(In(2, 4)))
add('chain/input_used_twice', (lambda x: Op('Mul', Op('Tanh', x), relu(x)))(In(2, 4)))
add('chain/intermediate_output', *(lambda r: (r, Op('Exp', r)))(relu(In(2, 4))))
add('chain/output_twice', *(lambda r: (r, r))(relu(In(2, 4))))
add('chain/unused_split_results', Op('Split', scalar(1), relu(In(2, 6)), num_split=3).result(2))
add('chain/shared_weights', (lambda w: Op('AddV2', Op('MatMul', In(2, 4), w), Op('MatMul', In(2, 4, high=3.0), w)))(Const(4, 4)))
add('chain/shared_bias_and_operand', (lambda c: Op('Mul', Op('BiasAdd', Op('MatMul', In(2, 4), Const(4, 4)), c), c))(Const(4)))
add('chain/shared_addend', (lambda c: Op('Mul', Op('Exp', Op('AddV2', In(2, 4), c)), c))(Const(4)))
add('chain/shared_concat_constant', (lambda c: Op('AddV2', Op('ConcatV2', In(2, 4, high=5.0), c, scalar(0)), Op('Tile', c, ints(2, 1))))(Const(2, 4)))
add('chain/shared_bias', (lambda c: Op('AddV2', Op('BiasAdd', Op('MatMul', In(2, 4), Const(4, 4)), c), Op('BiasAdd', Op('MatMul', In(2, 4), Const(4, 4)), c)))(
    Const(4)))
add('chain/softmax_dense', dense(Op('Softmax', In(2, 4)), 4, 3))
add('chain/tanh_mul_sigmoid', Op('Mul', Op('Tanh', dense(In(2, 4), 4, 3)), Op('Sigmoid', dense(In(2, 4), 4, 3))))
add('chain/sigmoid_maximum', Op('Maximum', Op('Sigmoid', In(2, 4)), Op('Tanh', In(2, 4))))
add('chain/add_concat_single_use', Op('ConcatV2', Op('AddV2', In(*X), In(*X)), Op('Mul', In(*X), In(*X)), scalar(1)))
add('chain/relu_to_concat_and_output', *(lambda r: (Op('ConcatV2', r, In(*X, high=5.0), scalar(1)), r))(relu(In(*X))))
add('chain/gather_of_concat', Op('GatherV2', Op('ConcatV2', In(*X), In(*X, high=5.0), scalar(1)), ints(0, 3), scalar(1)))
add('chain/pad_concat_resize', Op('ResizeBilinear', Op('ConcatV2', Op('Pad', image(2, 3), matrix([[0, 0], [1, 0], [1, 0], [0, 0]])), relu(image(2, 4)), scalar(3)), ints(8, 8)))
add('chain/transpose_matmul_softmax', (lambda q, k: Op('Softmax', Op('Mul', Op('BatchMatMulV2', q, Op('Transpose', k, ints(0, 2, 1))), 0.5)))(
    In(1, 3, 4), In(1, 3, 4)))
add('chain/attention', (lambda q, k, v: Op('BatchMatMulV2', Op('Softmax', Op('Mul', Op('BatchMatMulV2', q, k, adj_y=True), 0.5)), v))(
    In(1, 3, 4), In(1, 3, 4), In(1, 3, 4)))
add('chain/squeeze_excite', (lambda x: Op('Mul', x, Op('Sigmoid', bias(conv(relu(bias(conv(Op('Mean', x, ints(1, 2), keep_dims=True), Const(1, 1, 4, 2)), 2)),
                                                                          Const(1, 1, 2, 4)), 4))))(relu(bias(conv(image(), Const(3, 3, 3, 4)), 4))))
add('chain/compare_cast_mul', (lambda x: Op('Mul', x, Op('Cast', Op('Greater', x, 0.0), DstT=np.dtype('float32'))))(In(2, 4)))
add('chain/mixed_types', *(lambda x: (relu(x), Op('ArgMax', x, scalar(1))))(In(2, 4)))
add('chain/int_arithmetic_gather', Op('GatherV2', relu(In(4, 3)), Op('Sub', In(2, low=1, high=3, dtype='int32'), ints(1)), scalar(0)))
add('chain/clip', Op('Minimum', Op('Maximum', dense(In(2, 4), 4, 3), -0.4), 0.3))
add('chain/three_inputs', Op('AddV2', Op('Mul', In(2, 4), In(2, 4)), In(2, 4)), samples=3)
add('chain/per_tensor_mixed', bias(dense(Op('Reshape', relu(bias(conv(image(), Const(3, 3, 3, 4)), 4)), ints(1, 144)), 144, 5), 5), per_tensor_dense=True)
add('chain/zeros', Op('AddV2', full(2, 4, value=0.0), relu(In(2, 4))))
for tf in ('AddV2', 'Sub', 'Mul'):
    add('chain/%s_before_dense' % tf.lower(), dense(Op(tf, In(2, 4), Const(4)), 4, 3))
    add('chain/scalar_%s_before_dense' % tf.lower(), dense(Op(tf, In(2, 4), 0.75), 4, 3))
    add('chain/scalar_%s_before_dense_bias' % tf.lower(), bias(dense(Op(tf, In(2, 4), 0.75), 4, 3), 3))
