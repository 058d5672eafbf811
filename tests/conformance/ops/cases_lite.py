"""Cases that begin with a float .tflite: ops and options that no SavedModel leads to. The names of their ops begin with lite_.

Needs ai-edge-litert, whose schema the recurrent models are written with.
"""
import os
import sys

import numpy as np

from cases import add_case
from models import Const, In, full, ints, scalar
from models_lite import ACTIVATIONS, FEW_ACTIVATIONS, Body, Lite, LiteCase, Strings, Variable
from suite import ROOT

sys.path.insert(0, os.path.join(ROOT, 'tests', 'data'))
import recurrent_models  # noqa: E402

SAME, VALID = 'SAME', 'VALID'


def add(name, *outputs, **options):
    add_case(LiteCase('lite_' + name, *outputs, **options))


def image(channels=3, size=6, **more):
    return In(1, size, size, channels, **more)


def relu(x):
    return Lite('RELU', x)


# --- dense ops and what is fused into them ------------------------------------------------------------------------------------


def conv(x, result, *, filters=(4, 3, 3, 3), padding=SAME, activation='NONE', **options):
    options = {'stride_w': 1, 'stride_h': 1, **options}
    return Lite('CONV_2D', x, Const(*filters), Const(filters[0]), results=[('float32', *result)], table='Conv2DOptions',
                padding=padding, fused_activation_function=activation, **options)


def depthwise(x, result, *, filters=(1, 3, 3, 3), padding=SAME, activation='NONE', **options):
    options = {'stride_w': 1, 'stride_h': 1, 'depth_multiplier': 1, **options}
    return Lite('DEPTHWISE_CONV_2D', x, Const(*filters), Const(filters[3]), results=[('float32', *result)],
                table='DepthwiseConv2DOptions', padding=padding, fused_activation_function=activation, **options)


def dense(x, result, *, weights, bias=True, activation='NONE', **options):
    return Lite('FULLY_CONNECTED', x, Const(*weights), Const(weights[0]) if bias else None, results=[('float32', *result)],
                fused_activation_function=activation, **options)


for act in ACTIVATIONS:
    kind = act.lower()
    add('conv_2d/' + kind, conv(image(), (1, 6, 6, 4), activation=act))
    add('depthwise_conv_2d/' + kind, depthwise(image(), (1, 6, 6, 3), activation=act))
    add('add/' + kind, Lite('ADD', In(2, 4, low=-2.0, high=2.0), In(2, 4), fused_activation_function=act))
for act in FEW_ACTIVATIONS:
    kind, ranges = act.lower(), {'low': -2.0, 'high': 5.0}
    add('fully_connected/' + kind, dense(In(2, 5), (2, 4), weights=(4, 5), activation=act))
    pool = {'stride_w': 2, 'stride_h': 2, 'filter_width': 2, 'filter_height': 2, 'fused_activation_function': act}
    small = [('float32', 1, 3, 3, 3)]
    for op in ('AVERAGE_POOL_2D', 'MAX_POOL_2D', 'L2_POOL_2D'):
        add('%s/%s' % (op.lower(), kind), Lite(op, image(**ranges), results=small, table='Pool2DOptions', padding=VALID, **pool))
    for op in ('SUB', 'MUL', 'DIV'):
        other = In(2, 4, low=0.5, high=2.0)
        add('%s/%s' % (op.lower(), kind), Lite(op, In(2, 4, **ranges), other, fused_activation_function=act))
    add('transpose_conv/' + kind, Lite('TRANSPOSE_CONV', ints(1, 6, 6, 2), Const(2, 3, 3, 3), In(1, 3, 3, 3), Const(2), padding=SAME,
                                       stride_w=2, stride_h=2, fused_activation_function=act, results=[('float32', 1, 6, 6, 2)]))
    add('conv_3d/' + kind, Lite('CONV_3D', In(1, 4, 4, 4, 2), Const(2, 2, 2, 2, 3), Const(3), padding=VALID, stride_d=1, stride_w=1,
                                stride_h=1, fused_activation_function=act, results=[('float32', 1, 3, 3, 3, 3)]))
add('l2_pool_2d/same', Lite('L2_POOL_2D', image(), results=[('float32', 1, 3, 3, 3)], table='Pool2DOptions', padding=SAME, stride_w=2,
                            stride_h=2, filter_width=3, filter_height=3))
add('l2_pool_2d/between_convs', conv(Lite('L2_POOL_2D', conv(image(), (1, 6, 6, 3), filters=(3, 3, 3, 3)), table='Pool2DOptions',
                                          results=[('float32', 1, 3, 3, 3)], padding=SAME, stride_w=2, stride_h=2, filter_width=2,
                                          filter_height=2), (1, 3, 3, 4)))
add('conv_2d/dilated_stride_1x2', conv(image(), (1, 2, 1, 4), padding=VALID, stride_w=2, dilation_w_factor=2, dilation_h_factor=2))
add('conv_2d/per_tensor', conv(image(), (1, 6, 6, 4)), per_tensor=True)
add('conv_2d/computed_filters', Lite('CONV_2D', image(), In(4, 3, 3, 3), Const(4), results=[('float32', 1, 6, 6, 4)], padding=SAME,
                                     stride_w=1, stride_h=1, table='Conv2DOptions'))
add('depthwise_conv_2d/multiplier', depthwise(image(), (1, 6, 6, 6), filters=(1, 3, 3, 6), depth_multiplier=2))
add('fully_connected/no_bias', dense(In(2, 5), (2, 4), weights=(4, 5), bias=False))
add('fully_connected/keep_num_dims', dense(In(2, 3, 5), (2, 3, 4), weights=(4, 5), keep_num_dims=True))
add('fully_connected/flattens', dense(In(2, 3, 5), (6, 4), weights=(4, 5)))
add('fully_connected/keep_num_dims_no_bias', dense(In(2, 3, 5), (2, 3, 4), weights=(4, 5), keep_num_dims=True, bias=False))
add('fully_connected/asymmetric', dense(In(2, 40), (2, 30), weights=(30, 40), asymmetric_quantize_inputs=True))
add('fully_connected/computed_weights', Lite('FULLY_CONNECTED', In(2, 5), In(4, 5), None, results=[('float32', 2, 4)]))
add('fully_connected/computed_bias', Lite('FULLY_CONNECTED', In(2, 5), Const(4, 5), In(4), results=[('float32', 2, 4)]))
add('fully_connected/per_tensor_dense', dense(In(2, 5), (2, 4), weights=(4, 5)), per_tensor_dense=True)
add('fully_connected/shared_weights', *(lambda w: [
    Lite('FULLY_CONNECTED', In(2, 5), w, None, results=[('float32', 2, 4)]),
    Lite('FULLY_CONNECTED', In(2, 5, low=-9.0, high=9.0), w, None, results=[('float32', 2, 4)])])(Const(4, 5)))
for variant, a, b, options in [('plain', (2, 3, 4), (2, 4, 5), {}), ('adj_x', (2, 4, 3), (2, 4, 5), {'adj_x': True}),
                               ('adj_y', (2, 3, 4), (2, 5, 4), {'adj_y': True}),
                               ('adj_both', (2, 4, 3), (2, 5, 4), {'adj_x': True, 'adj_y': True}),
                               ('asymmetric', (2, 3, 4), (2, 4, 5), {'asymmetric_quantize_inputs': True}),
                               ('broadcast', (2, 3, 4), (1, 4, 5), {})]:
    add('batch_matmul/' + variant, Lite('BATCH_MATMUL', In(*a), In(*b), results=[('float32', 2, 3, 5)], **options))
    add('batch_matmul/%s_constant' % variant, Lite('BATCH_MATMUL', In(*a), Const(*b), results=[('float32', 2, 3, 5)], **options))
add('batch_matmul/large_constant', Lite('BATCH_MATMUL', In(2, 3, 40), Const(2, 40, 30), results=[('float32', 2, 3, 30)]))
add('batch_matmul/large_asymmetric', Lite('BATCH_MATMUL', In(2, 3, 40), Const(2, 40, 30), results=[('float32', 2, 3, 30)],
                                          asymmetric_quantize_inputs=True))

# --- normalization, resizing, moving ------------------------------------------------------------------------------------------

for variant, options in {'plain': {'radius': 2, 'bias': 1.0, 'alpha': 0.1, 'beta': 0.5}, 'wide': {'radius': 9, 'bias': 2.0, 'alpha': 0.5, 'beta': 0.75},
                         'beta_1': {'radius': 1, 'bias': 1.0, 'alpha': 1.0, 'beta': 1.0}}.items():
    add('local_response_normalization/' + variant, Lite('LOCAL_RESPONSE_NORMALIZATION', In(1, 3, 3, 6, low=-3.0, high=3.0), **options))
add('local_response_normalization/between_convs', conv(Lite('LOCAL_RESPONSE_NORMALIZATION', conv(image(), (1, 6, 6, 3), filters=(3, 3, 3, 3)),
                                                            radius=2, bias=1.0, alpha=0.1, beta=0.5), (1, 6, 6, 4)))
add('l2_normalization/plain', Lite('L2_NORMALIZATION', In(2, 6), table='L2NormOptions'))
for op in ('RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'):
    for variant, options in {'plain': {}, 'align_corners': {'align_corners': True}, 'half_pixel': {'half_pixel_centers': True}}.items():
        for size, (height, width) in {'grow': (7, 9), 'shrink': (3, 4)}.items():
            add('%s/%s_%s' % (op.lower(), variant, size), Lite(op, image(2), ints(height, width), results=[('float32', 1, height, width, 2)], **options))
add('dilate/plain', Lite('DILATE', In(2, 3), ints(2, 3), Const(value=0.0), results=[('float32', 3, 7)]))
add('dilate/value', relu(Lite('DILATE', In(2, 3), ints(1, 2), Const(value=0.5), results=[('float32', 2, 5)])))
add('reverse_sequence/plain', Lite('REVERSE_SEQUENCE', In(2, 4), ints(3, 2), seq_dim=1, batch_dim=0))
add('dynamic_update_slice/plain', Lite('DYNAMIC_UPDATE_SLICE', In(4, 5), In(2, 3, low=-4.0, high=4.0), ints(1, 1)))
add('dynamic_update_slice/relu', relu(Lite('DYNAMIC_UPDATE_SLICE', In(4, 5), In(2, 3), ints(1, 1))))
add('broadcast_args/then_fill', Lite('BROADCAST_TO', In(1, 3), Lite('BROADCAST_ARGS', ints(2, 1), ints(1, 3)), results=[('float32', 2, 3)], version=2))
add('gather/batch_dims', Lite('GATHER', In(2, 4), Const(value=[[1, 0], [3, 2]], dtype='int32'), axis=1, batch_dims=1, results=[('float32', 2, 2)]))
add('gather/large_constant', Lite('GATHER', Const(40, 30), In(3, low=0, high=39, dtype='int32'), axis=0, results=[('float32', 3, 30)]))
add('bitcast/to_int32', Lite('BITCAST', In(2, 3), results=[('int32', 2, 3)]))
add('rank/plain', Lite('RANK', In(2, 3), results=[('int32',)]))
add('unique/plain', *(lambda u: [u, u.result(1)])(Lite('UNIQUE', In(6, low=0, high=3, dtype='int32'), idx_out_type=2,
                                                       results=[('int32', -1), ('int32', 6)])))
add('bucketize/plain', Lite('BUCKETIZE', In(2, 5), results=[('int32', 2, 5)], boundaries=[-0.5, 0.0, 0.7]))
add('right_shift/int32', Lite('RIGHT_SHIFT', In(6, low=-40, high=40, dtype='int32'), In(6, low=0, high=4, dtype='int32')))
add('bitwise_xor/int32', Lite('BITWISE_XOR', In(6, low=0, high=99, dtype='int32'), In(6, low=0, high=99, dtype='int32')))
add('relu_0_to_1/of_conv', Lite('RELU_0_TO_1', conv(image(), (1, 6, 6, 4))))
add('matrix_set_diag/plain', Lite('MATRIX_SET_DIAG', In(3, 3), In(3)))
add('sparse_to_dense/floats', Lite('SPARSE_TO_DENSE', Const(value=[[0, 1], [1, 2]], dtype='int32'), ints(2, 3), In(2), Const(value=0.0),
                                   results=[('float32', 2, 3)]))
add('fake_quant/8_bits', Lite('FAKE_QUANT', In(2, 6, low=-2.0, high=2.0), min=-1.0, max=1.5, num_bits=8))
add('fake_quant/before_dense', dense(Lite('FAKE_QUANT', In(2, 5), min=-0.5, max=0.75, num_bits=8), (2, 4), weights=(4, 5)))
add('segment_sum/plain', Lite('SEGMENT_SUM', In(4, 3), ints(0, 0, 1, 2), results=[('float32', 3, 3)]))
for op in ('SUM', 'PROD', 'MAX', 'MIN'):
    add('unsorted_segment_%s/plain' % op.lower(), Lite('UNSORTED_SEGMENT_' + op, In(4, 3), ints(2, 0, 2, 1), scalar(3), results=[('float32', 3, 3)]))
add('random_uniform/seeded', Lite('RANDOM_UNIFORM', ints(2, 3), seed=1, seed2=2, table='RandomOptions', results=[('float32', 2, 3)]), In(1))
add('rfft2d/magnitude', Lite('COMPLEX_ABS', Lite('RFFT2D', In(1, 4, 8), ints(4, 8), results=[('complex64', 1, 4, 5)]), results=[('float32', 1, 4, 5)]))
add('rfft2d/parts', *(lambda f: [Lite('REAL', f, results=[('float32', 1, 4, 5)]), Lite('IMAG', f, results=[('float32', 1, 4, 5)])])(
    Lite('RFFT2D', In(1, 4, 8), ints(4, 8), results=[('complex64', 1, 4, 5)])))

# --- look-ups -----------------------------------------------------------------------------------------------------------------

for variant, table in {'small': (8, 4), 'large': (64, 32)}.items():
    add('embedding_lookup/' + variant, Lite('EMBEDDING_LOOKUP', In(3, low=0, high=7, dtype='int32'), Const(*table),
                                            results=[('float32', 3, table[1])]))
add('embedding_lookup/then_dense', dense(Lite('EMBEDDING_LOOKUP', In(3, low=0, high=7, dtype='int32'), Const(64, 32),
                                              results=[('float32', 3, 32)]), (3, 4), weights=(4, 32)))
for combiner, number in {'sum': 0, 'mean': 1, 'sqrtn': 2}.items():
    add('embedding_lookup_sparse/' + combiner, Lite(
        'EMBEDDING_LOOKUP_SPARSE', In(4, low=0, high=5, dtype='int32'), Const(value=[[0, 0], [1, 0], [1, 1], [2, 0]], dtype='int32'), ints(3, 2),
        In(4, low=0.25, high=2.0), Const(6, 4), combiner=number, results=[('float32', 3, 4)]))
add('hashtable_lookup/floats', *(lambda n: [n, n.result(1)])(Lite(
    'HASHTABLE_LOOKUP', In(4, low=0, high=9, dtype='int32'), ints(1, 3, 4, 8), Const(4, 3), results=[('float32', 4, 3), ('uint8', 4)])))
add('lsh_projection/dense', Lite('LSH_PROJECTION', Const(3, 2), In(5, low=-9, high=9, dtype='int32'), Const(5), type=2, results=[('int32', 6)]))
add('lsh_projection/sparse', Lite('LSH_PROJECTION', Const(3, 2), In(5, low=-9, high=9, dtype='int32'), type=1, results=[('int32', 3)]))
add('skip_gram/plain', Lite('SKIP_GRAM', Strings('the quick brown fox jumps'), ngram_size=2, max_skip_size=1, include_all_ngrams=False,
                            results=[('string', -1)]), In(1))

# --- recurrent ----------------------------------------------------------------------------------------------------------------


def recurrent(name, case):
    """A model of recurrent_models.py, in the terms of this folder."""
    def operand(o):
        if isinstance(o, tuple):
            return Variable(*o[1]) if o[0] == recurrent_models.VARIABLE else In(*o[1], low=-2.0, high=2.0)
        return None if o is None else Const(value=o, dtype='float32')

    names = {value: key for key, value in vars(recurrent_models.schema.ActivationFunctionType).items() if not key.startswith('_')}
    attrs = dict(case.attrs, fused_activation_function=names[case.attrs['fused_activation_function']])
    attrs['version'] = 2 if attrs.get('kernel_type') else 4 if attrs.get('diagonal_recurrent_tensors') else 1
    node = Lite(case.op, *map(operand, case.operands), table=case.table, results=[('float32', *s) for s in case.outputs], **attrs)
    add(name, *[node.result(k) if k else node for k in range(len(case.outputs))], samples=12)


# Tensor for tensor, recurrent_test.py compares more variants in int8.
for _name, (_case, _) in recurrent_models.int8_cases().items():
    if _name.split('lstm_')[-1] in ('plain', 'coupled', 'peephole', 'projection', 'svdf_relu', 'svdf_linear'):
        recurrent('recurrent/' + _name, _case)
_make = recurrent_models.Maker(91)
_large = {'depth': 48, 'scale': 0.1}
for _name, _case in {
        'lstm/basic': _make.basic_lstm(), 'lstm/large': _make.unidirectional_lstm(cells=40, sequence=False, **_large),
        'sequence_lstm/large': _make.unidirectional_lstm(cells=40, **_large),
        'sequence_lstm/diagonal': _make.unidirectional_lstm(diagonal=True),
        'bidirectional_lstm/plain': _make.bidirectional_lstm(), 'bidirectional_lstm/merged': _make.bidirectional_lstm(merge_outputs=True),
        'bidirectional_lstm/batch_major': _make.bidirectional_lstm(time_major=False), 'bidirectional_lstm/aux_input': _make.bidirectional_lstm(aux='input'),
        'bidirectional_lstm/aux_weights': _make.bidirectional_lstm(aux='weights'), 'bidirectional_lstm/peephole': _make.bidirectional_lstm(peephole=True),
        'bidirectional_lstm/projection': _make.bidirectional_lstm(projection=True), 'bidirectional_lstm/large': _make.bidirectional_lstm(cells=40, **_large),
        'rnn/plain': _make.rnn(sequence=False), 'rnn/relu': _make.rnn(sequence=False, activation=1), 'rnn/large': _make.rnn(sequence=False, units=40, **_large),
        'sequence_rnn/plain': _make.rnn(), 'sequence_rnn/time_major': _make.rnn(time_major=True), 'sequence_rnn/large': _make.rnn(units=40, **_large),
        'bidirectional_rnn/plain': _make.bidirectional_rnn(), 'bidirectional_rnn/merged': _make.bidirectional_rnn(merge_outputs=True),
        'bidirectional_rnn/aux_weights': _make.bidirectional_rnn(aux='weights'), 'svdf/no_bias': _make.svdf(activation=1, bias=False),
        'svdf/large': _make.svdf(depth=32, units=64, rank=1, memory=20, scale=0.1, activation=1)}.items():
    recurrent(_name, _case)

# --- ops of StableHLO that LiteRT has kernels for -----------------------------------------------------------------------------

for op in ('ADD', 'MULTIPLY', 'MAXIMUM', 'MINIMUM'):
    add('stablehlo_%s/floats' % op.lower(), Lite('STABLEHLO_' + op, In(2, 3), In(2, 3)))
    add('stablehlo_%s/between' % op.lower(), relu(Lite('STABLEHLO_' + op, dense(In(2, 5), (2, 3), weights=(3, 5)), In(2, 3))))
add('stablehlo_pad/floats', Lite('STABLEHLO_PAD', In(3, 4), Const(value=0.25), edge_padding_low=[1, 0], edge_padding_high=[2, 1],
                                 interior_padding=[0, 1], results=[('float32', 6, 8)]))
add('stablehlo_gather/floats', Lite('STABLEHLO_GATHER', In(6, 5), Const(value=[[0], [2], [5], [1]], dtype='int32'), offset_dims=[1],
                                    collapsed_slice_dims=[0], start_index_map=[0], index_vector_dim=1, slice_sizes=[1, 5],
                                    indices_are_sorted=False, results=[('float32', 4, 5)]))
add('stablehlo_shift_left/int32', Lite('STABLEHLO_SHIFT_LEFT', In(6, low=0, high=9, dtype='int32'), In(6, low=0, high=4, dtype='int32')))

# --- graphs that are called, and what they keep -------------------------------------------------------------------------------


def unary(op, *shape):
    x = In(*shape)
    return Body([x], [Lite(op, x)])


def dense_body(*shape):
    x = In(*shape)
    return Body([x], [dense(x, shape, weights=(shape[1], shape[1]), activation='RELU')])


def counted_loop(x, turns, body):
    """WHILE over (i, x): `body` makes the next x."""
    def condition():
        i, y = In(dtype='int32'), In(*x.shape)
        return Body([i, y], [Lite('LESS', i, scalar(turns), results=[('bool',)])])

    i, y = In(dtype='int32'), In(*x.shape)
    turn = Body([i, y], [Lite('ADD', i, scalar(1)), body(y)])
    loop = Lite('WHILE', scalar(0), x, graphs={'cond_subgraph_index': condition(), 'body_subgraph_index': turn},
                results=[('int32',), ('float32', *x.shape)])
    return loop.result(1)


def branch(selector, x, first, second):
    return Lite('IF', selector, x, graphs={'then_subgraph_index': first, 'else_subgraph_index': second}, results=[('float32', *x.shape)])


add('if/unary', branch(In(dtype='bool'), In(2, 3), unary('NEG', 2, 3), unary('ABS', 2, 3)))
add('if/dense', branch(In(dtype='bool'), In(2, 3), dense_body(2, 3), dense_body(2, 3)))
add('if/of_sum', *(lambda x: [branch(Lite('GREATER', Lite('SUM', x, ints(0, 1), results=[('float32',)], table='ReducerOptions'), 0.0, results=[('bool',)]),
                                     x, dense_body(2, 3), unary('TANH', 2, 3))])(In(2, 3)))
add('while/dense', counted_loop(In(2, 3), 3, lambda y: dense(y, (2, 3), weights=(3, 3), activation='RELU6')))
add('while/add', counted_loop(In(2, 3), 3, lambda y: Lite('ADD', y, y)))
add('while/then_dense', dense(counted_loop(In(2, 3), 2, lambda y: Lite('TANH', y)), (2, 4), weights=(4, 3)))
add('stablehlo_composite/neg', Lite('STABLEHLO_COMPOSITE', In(2, 3), graphs={'decomposition_subgraph_index': unary('NEG', 2, 3)}, name='test.negated',
                                    composite_attributes=[],                                    table='StableHLOCompositeOptions'))


def handle(name='total'):
    return Lite('VAR_HANDLE', container='', shared_name=name, results=[('resource',)])


def variable_model(start, step):
    """CALL_ONCE fills the variable, each run reads it, makes the next value and writes it."""
    filled = Lite('ASSIGN_VARIABLE', handle(), start, results=[])
    once = Lite('CALL_ONCE', graphs={'init_subgraph_index': Body([], [], effects=[filled])}, results=[])
    kept = handle()
    value = step(Lite('READ_VARIABLE', kept, results=[('float32', *start.shape)], after=[once]))
    return Lite('ASSIGN_VARIABLE', kept, value, results=[]), value


for _name, _step in {'add': lambda old: Lite('ADD', old, In(2, 3)),
                     'dense': lambda old: Lite('ADD', dense(old, (2, 3), weights=(3, 3)), In(2, 3))}.items():
    _stored, _value = variable_model(full(2, 3, value=0.5), _step)
    add('variable/' + _name, Lite('RELU', _value), effects=[_stored])
