"""Small models of TF ops that LiteRT says with several ops or in another way, one form each: what they must compute.

`FORMS` is a list of Form. TensorFlow itself is the oracle: record.py keeps its results and what its converter makes of the model;
run_forms.py holds our files against both.
"""
import os
import sys
import zlib

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'ops'))

import numpy as np  # noqa: E402
from models import Case, Const, In, Op, ints, scalar  # noqa: E402

INF, NAN = float('inf'), float('nan')
FORMS = []


class Form:
    """A model by its expressions, and what is known of it.

    edges: values that the first input has in a sample of its own, repeated to its size. tolerance: of float results, relative to the
    largest. why: the reason for more ops than TensorFlow's converter writes. int8: false where the model has no floats to quantize.
    """

    def __init__(self, name, *outputs, edges=None, tolerance=2e-6, why='', int8=True):
        self.case, self.edges, self.tolerance, self.why, self.int8 = Case(name, *outputs), edges, tolerance, why, int8
        self.name = name

    def samples(self):
        """{key: {input: array}}: two drawn ones, and the edges."""
        samples = {'0': self.case.sample(0), '1': self.case.sample(1)}
        if self.edges is not None:
            edges = dict(samples['0'])
            first = edges['x0']
            edges['x0'] = np.resize(np.asarray(self.edges, first.dtype), first.shape)
            samples['edges'] = edges
        return samples

    def fingerprint(self):
        crc = zlib.crc32(self.case.saved_model())
        for key, sample in sorted(self.samples().items()):
            for name, values in sorted(sample.items()):
                crc = zlib.crc32(values.tobytes(), zlib.crc32((key + name).encode(), crc))
        return '%08x' % crc


def form(name, *outputs, **more):
    assert all(name != f.name for f in FORMS), name
    FORMS.append(Form(name, *outputs, **more))


def i32(*shape, low=-9, high=9):
    return In(*shape, low=low, high=high, dtype='int32')


# --- functions of one operand, with a batch that is known and one that is not ------------------------------------------------------
ANGLES = [0.0, 1e-6, -1e-6, 0.5, -0.5, 1.0, -1.0, 1e-20, -1e-20]
WIDE = [0.0, -0.0, 1e-30, -1e-30, 1e-42, 1e-6, 1, -1, 5, -5, 12, -12, 80, -80]
for tf, (low, high, edges) in {
        'Erf': (-4, 4, WIDE + [INF, -INF]), 'Erfc': (-4, 4, WIDE + [INF, -INF]), 'Softplus': (-5, 5, WIDE + [100, 1e4, -1e4]),
        'Softsign': (-5, 5, WIDE), 'Selu': (-5, 5, WIDE[:-2]), 'Expm1': (-3, 3, ANGLES), 'Log1p': (-0.5, 4, ANGLES[:-3]),
        'Tan': (-1.4, 1.4, ANGLES), 'Atan': (-9, 9, WIDE + [INF, -INF]), 'Asin': (-1, 1, ANGLES), 'Acos': (-1, 1, ANGLES),
        'Sinh': (-4, 4, ANGLES), 'Cosh': (-4, 4, ANGLES), 'Asinh': (-9, 9, ANGLES + [1e6, -1e6]), 'Acosh': (1, 9, [1, 1.5, 2, 1e6]),
        'Atanh': (-0.9, 0.9, [0, 0.5, -0.5, 0.9]), 'Reciprocal': (0.5, 4, [0.5, -0.5, 4]), 'Inv': (0.5, 4, None), 'Rint': (-3, 3, [0.5, 1.5, 2.5, -0.5]),
        'Square': (-3, 3, None), 'ZerosLike': (-3, 3, None), 'OnesLike': (-3, 3, None), 'L2Loss': (-3, 3, None), 'Sign': (-3, 3, [0, -0.0, 1])}.items():
    why = {'Softplus': "TensorFlow's LOG(ADD(EXP(x), 1)) overflows from x = 89 on"}.get(tf, '')
    tolerance = {'Erf': 1e-6}.get(tf, 2e-6)
    form(tf.lower() + '/static', Op(tf, In(3, 7, low=low, high=high)), edges=edges, why=why, tolerance=tolerance)
    if tf != 'L2Loss':
        form(tf.lower() + '/dynamic', Op(tf, In(-1, 7, low=low, high=high)), edges=edges, why=why, tolerance=tolerance)
for tf in ('IsNan', 'IsInf', 'IsFinite'):
    form(tf.lower() + '/dynamic', Op(tf, In(-1, 6)), edges=[0, 1, INF, -INF, NAN, 3e38])

# --- of two and three ------------------------------------------------------------------------------------------------------------
for tf in ('Xdivy', 'Xlogy', 'Xlog1py', 'DivNoNan', 'MulNoNan', 'Atan2'):
    form(tf.lower() + '/alike', Op(tf, In(-1, 5, low=0.2, high=3), In(-1, 5, low=0.2, high=3)), edges=[0, 1, 2])
    form(tf.lower() + '/row', Op(tf, In(2, 5, low=0.2, high=3), In(5, low=0.2, high=3)), edges=[0, 1, 2])
form('xdivy/by_zero', Op('Xdivy', In(1, 4, low=0, high=0), Const(value=[0, 0, 1, 2], dtype='float32')), edges=[0, 0, 0, 1], int8=False)
form('divnonan/by_zero', Op('DivNoNan', In(1, 4), Const(value=[0, 0, 1, 2], dtype='float32')), edges=[0, 5, 0, 1], int8=False)
form('mulnonan/by_zero', Op('MulNoNan', In(1, 4), Const(value=[0, 0, 1, 2], dtype='float32')), edges=[INF, NAN, 0, 1], int8=False)
form('atan2/dynamic_row', Op('Atan2', In(-1, 5), In(5)), edges=[0, -0.0, 1])
form('clipbyvalue/floats', Op('ClipByValue', In(-1, 5, low=-3, high=3), -1.0, 2.0), edges=[INF, -INF, 0, 5])
form('clipbyvalue/ints', Op('ClipByValue', i32(-1, 5), scalar(-2), scalar(3)), int8=False)
form('truncatediv/ints', Op('TruncateDiv', i32(-1, 5), i32(-1, 5, low=1, high=4)), int8=False)
form('truncatemod/ints', Op('TruncateMod', i32(-1, 5), i32(-1, 5, low=1, high=4)), int8=False)
form('mod/ints', Op('Mod', i32(-1, 5), i32(-1, 5, low=1, high=4)), int8=False)
for tf in ('Abs', 'Sign'):
    form(tf.lower() + '/wide_ints', Op(tf, In(-1, 5, low=-9, high=9, dtype='int64')), int8=False)
form('linspace/dynamic', Op('LinSpace', In(low=0, high=1), In(low=2, high=3), scalar(5)))
form('linspace/one', Op('LinSpace', In(low=0, high=1), In(low=2, high=3), scalar(1)))
form('cross/plain', Op('Cross', In(-1, 3), In(-1, 3)))

# --- bits --------------------------------------------------------------------------------------------------------------------------
for tf in ('BitwiseAnd', 'BitwiseOr', 'BitwiseXor'):
    form(tf.lower() + '/alike', Op(tf, i32(-1, 5, low=-2**31, high=2**31 - 2), i32(-1, 5, low=-2**31, high=2**31 - 2)), int8=False)
    form(tf.lower() + '/scalar', Op(tf, i32(2, 5, low=-99, high=99), scalar(12)), int8=False)
    form(tf.lower() + '/row', Op(tf, i32(-1, 5, low=-99, high=99), i32(5, low=-99, high=99)), int8=False)
form('invert/plain', Op('Invert', i32(-1, 5)), int8=False)
form('leftshift/plain', Op('LeftShift', i32(-1, 5), i32(-1, 5, low=0, high=31)), int8=False)
form('rightshift/plain', Op('RightShift', i32(-1, 5, low=-2**31, high=2**31 - 2), i32(-1, 5, low=0, high=31)), int8=False)

# --- moving elements -----------------------------------------------------------------------------------------------------------------
for variant, (x, shift, axis) in {
        'static': (In(2, 5), scalar(2), scalar(1)), 'negative': (In(2, 5), ints(-1), ints(-1)), 'none': (In(2, 5), ints(5), ints(1)),
        'two_axes': (In(-1, 4, 5, 3), ints(1, -2), ints(1, 2)), 'one_axis_twice': (In(2, 5), ints(1, 1), ints(1, 1)),
        'dynamic_axis': (In(-1, 5), ints(1), ints(0)), 'dynamic_shift': (In(2, 5), i32(2, low=-3, high=3), ints(0, 1)),
        'scalar_shift': (In(2, 5), i32(low=-3, high=3), scalar(1))}.items():
    form('roll/' + variant, Op('Roll', x, shift, axis))
form('roll/ints', Op('Roll', i32(-1, 5), ints(2), ints(1)), int8=False)
for variant, (lower, upper) in {'causal': (-1, 0), 'upper': (0, -1), 'band': (1, 2), 'whole': (-1, -1), 'diagonal': (0, 0)}.items():
    form('matrixbandpart/' + variant, Op('MatrixBandPart', In(2, 4, 5), scalar(lower, 'int64'), scalar(upper, 'int64')))
form('matrixbandpart/dynamic', Op('MatrixBandPart', In(-1, -1, 5, batch=3), scalar(1), scalar(0)))
form('matrixbandpart/dynamic_bounds', Op('MatrixBandPart', In(2, 4, 5), i32(low=-2, high=2), i32(low=-2, high=2)))
form('matrixbandpart/ints', Op('MatrixBandPart', i32(-1, 4, 4), scalar(1), scalar(0)), int8=False)
form('matrixbandpart/bools', Op('MatrixBandPart', Op('Greater', In(-1, 4, 4), 0.0), scalar(1), scalar(0)))




form('matrixdiag/plain', Op('MatrixDiag', In(-1, 3)))
form('matrixdiag/above', Op('MatrixDiagV3', In(-1, 3), ints(1), scalar(-1), scalar(-1), scalar(0.0, 'float32'), align='RIGHT_LEFT'))
form('matrixdiag/below_padded', Op('MatrixDiagV3', In(2, 3), ints(-2), scalar(-1), scalar(-1), scalar(0.5, 'float32'), align='RIGHT_LEFT'))
for align in ('RIGHT_LEFT', 'LEFT_RIGHT', 'LEFT_LEFT', 'RIGHT_RIGHT'):
    form('matrixdiag/band_' + align.lower(),
         Op('MatrixDiagV3', In(-1, 4, 3), ints(-1, 2), scalar(3), scalar(4), scalar(0.5, 'float32'), align=align))
    form('matrixsetdiag/band_' + align.lower(), Op('MatrixSetDiagV3', In(2, 3, 4), In(2, 4, 3), ints(-1, 2), align=align))
    form('matrixdiagpart/band_' + align.lower(), Op('MatrixDiagPartV3', In(-1, 3, 4), ints(-1, 2), scalar(7.0, 'float32'), align=align))
form('matrixdiag/version_2', Op('MatrixDiagV2', In(2, 4, 3), ints(-1, 2), scalar(3), scalar(4), scalar(0.5, 'float32')))
form('matrixsetdiag/main', Op('MatrixSetDiagV3', In(-1, 4, 4), In(-1, 4), ints(0), align='RIGHT_LEFT'))
form('matrixsetdiag/above', Op('MatrixSetDiagV3', In(-1, 4, 4), In(-1, 3), ints(1), align='RIGHT_LEFT'))
form('matrixdiagpart/main', Op('MatrixDiagPartV3', In(-1, 3, 5), ints(0), scalar(0.0, 'float32'), align='RIGHT_LEFT'))
form('matrixdiagpart/version_1', Op('MatrixDiagPart', In(-1, 3, 3)))
form('diag/vector', Op('Diag', In(4)))
form('diagpart/matrix', Op('DiagPart', In(4, 4)))
form('tensorscatterupdate/rows', Op('TensorScatterUpdate', In(5, 3), Const(value=[[1], [3]], dtype='int32'), In(2, 3)))
form('tensorscatterupdate/dynamic', Op('TensorScatterUpdate', In(-1, 3), Const(value=[[0, 1], [1, 2]], dtype='int64'), In(2)))
form('tensorscatterupdate/live_indices', Op('TensorScatterUpdate', In(5, 3), Op('Reshape', i32(1, low=0, high=4), ints(1, 1)), In(1, 3)))
form('tensorscatteradd/rows', Op('TensorScatterAdd', In(5, 3), Const(value=[[1], [1]], dtype='int32'), In(2, 3)))
form('tensorscattersub/rows', Op('TensorScatterSub', In(5, 3), Const(value=[[1], [3]], dtype='int32'), In(2, 3)))
form('dynamicstitch/interleaved', Op('DynamicStitch', ints(0, 2), ints(3, 1), In(2, 3), In(2, 3)))
form('invertpermutation/fixed', Op('GatherV2', In(4, 2), Op('InvertPermutation', ints(2, 0, 3, 1)), scalar(0)))
form('concat/axis_first', Op('Concat', scalar(1), In(-1, 2), In(-1, 3)))
form('shapen/two', *(lambda t: (t, t.result(1)))(Op('ShapeN', In(-1, 5), In(-1, 2))), int8=False)
form('spacetobatch/old', Op('SpaceToBatch', In(1, 4, 4, 2), Const(value=[[0, 0], [1, 1]], dtype='int32'), block_size=2))
form('batchtospace/old', Op('BatchToSpace', In(4, 2, 2, 2), Const(value=[[0, 0], [0, 1]], dtype='int32'), block_size=2))
form('uniquev2/vector', *(lambda u: (u, u.result(1)))(Op('UniqueV2', i32(6, low=0, high=3), ints(0, dtype='int64'))), int8=False)

# --- prefixes, searches, segments ------------------------------------------------------------------------------------------------
for variant, attrs in {'plain': {}, 'exclusive': {'exclusive': True}, 'reverse': {'reverse': True},
                       'both': {'exclusive': True, 'reverse': True}}.items():
    form('cumprod/' + variant, Op('Cumprod', In(-1, 5, 2), scalar(1), **attrs))
    form('cumprod/long_' + variant, Op('Cumprod', In(2, 45, low=0.8, high=1.2), scalar(-1), **attrs))
form('cumprod/dynamic', Op('Cumprod', In(-1, 3, batch=4), scalar(0)))
form('cumprod/ints', Op('Cumprod', i32(3, 4, low=-3, high=3), scalar(1)), int8=False)
SORTED = Const(value=[[-1, 0, 0, 1, 2], [-2, -1, 0.5, 0.5, 3]], dtype='float32')
for tf in ('LowerBound', 'UpperBound'):
    form(tf.lower() + '/floats', Op(tf, SORTED, In(2, 3, low=-3, high=4)), edges=[0, 0.5, -1])
    form(tf.lower() + '/wide', Op(tf, SORTED, In(2, 3, low=-3, high=4), out_type=np.dtype('int64')))
form('segmentsum/plain', Op('SegmentSum', In(-1, 3, batch=4), ints(0, 0, 1, 2)))
form('segmentmean/plain', Op('SegmentMean', In(-1, 3, batch=4), ints(0, 0, 1, 2)))
form('bincount/dense', Op('DenseBincount', i32(7, low=0, high=5), scalar(5), Const(0)), int8=False)
form('bincount/rows_binary', Op('DenseBincount', i32(-1, 7, low=0, high=5), scalar(6), Const(0), binary_output=True), int8=False)
form('bincount/weights', Op('DenseBincount', i32(7, low=0, high=5), scalar(6), In(7)), int8=False)

# --- volumes -----------------------------------------------------------------------------------------------------------------------
for tf in ('MaxPool3D', 'AvgPool3D'):
    for variant, (window, stride, padding) in {'same': ([2, 2, 2], [2, 2, 2], 'SAME'), 'valid': ([2, 3, 2], [1, 2, 1], 'VALID'),
                                               'depth_only': ([3, 1, 1], [2, 1, 1], 'SAME'), 'flat': ([1, 3, 3], [1, 1, 1], 'SAME')}.items():
        attrs = {'ksize': [1] + window + [1], 'strides': [1] + stride + [1], 'padding': padding}
        form('%s/%s' % (tf.lower(), variant), Op(tf, In(-1, 5, 6, 5, 2), **attrs))
    form(tf.lower() + '/channels_first',
         Op(tf, In(1, 2, 4, 4, 4), ksize=[1, 1, 2, 2, 2], strides=[1, 1, 2, 2, 2], padding='VALID', data_format='NCDHW'))
form('conv3d/plain', Op('Conv3D', In(-1, 4, 4, 4, 2), Const(2, 3, 3, 2, 3), strides=[1, 1, 2, 1, 1], padding='SAME'))

# --- training, suppression, complex numbers ----------------------------------------------------------------------------------------
form('batchnorm/training', Op('FusedBatchNormV3', In(2, 4, 4, 3), Const(3, low=0.5, high=2), Const(3), Const(0), Const(0), is_training=True,
                              epsilon=0.001), tolerance=1e-5)
BOXES = Const(value=[[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]], dtype='float32')
IOU, SCORE = scalar(0.5, 'float32'), scalar(0.3, 'float32')
PADDED = "TensorFlow's converter leaves the result padded"
form('nonmaxsuppression/version_1', Op('NonMaxSuppression', BOXES, In(6, low=0), scalar(4), iou_threshold=0.5), why=PADDED)
form('nonmaxsuppression/version_2', Op('NonMaxSuppressionV2', BOXES, In(6, low=0), scalar(4), IOU), why=PADDED)
form('nonmaxsuppression/version_3', Op('NonMaxSuppressionV3', BOXES, In(6, low=0), scalar(4), IOU, SCORE), why=PADDED)


def all_of(node, count):
    return [node] + [node.result(i) for i in range(1, count)]


for variant, (boxes, classes, attrs, per_class, most) in {
        'shared_boxes': (1, 3, {}, 3, 5), 'own_boxes': (2, 2, {'clip_boxes': False}, 4, 20), 'one_class': (1, 1, {}, 3, 3),
        'padded_per_class': (1, 2, {'pad_per_class': True}, 2, 9)}.items():
    form('combinednonmaxsuppression/' + variant, *all_of(Op(
        'CombinedNonMaxSuppression', In(2, 6, boxes, 4, low=0, high=1.2), In(2, 6, classes, low=0), scalar(per_class), scalar(most), IOU, SCORE,
        **attrs), 4))
SPECTRUM = Op('RFFT', In(1, 16), ints(16))
TWIST = Const(value=np.exp(-0.7j * np.arange(9)).astype(np.complex64), dtype='complex64')
form('complex/abs', Op('ComplexAbs', SPECTRUM))
REAL = 'two products of real numbers, which integers can hold, in the place of one of complex numbers'
form('complex/real_of_product', Op('Real', Op('Mul', SPECTRUM, TWIST)), why=REAL)
form('complex/imag_of_slice', Op('Imag', Op('StridedSlice', SPECTRUM, ints(0, 2), ints(1, 7), ints(1, 1))))
form('complex/abs_of_quotient', Op('ComplexAbs', Op('RealDiv', SPECTRUM, TWIST)))
form('complex/angle_of_sum', Op('Angle', Op('StridedSlice', Op('AddV2', SPECTRUM, TWIST), ints(0, 1), ints(1, 8), ints(1, 1))), tolerance=1e-5)
form('complex/exp_of_constant', Op('Real', Op('Mul', SPECTRUM, Op('Exp', Op('Complex', Const(9), Const(9))))), why=REAL)
form('complex/odd_length', Op('ComplexAbs', Op('RFFT', In(-1, 15), ints(15))), why="LiteRT's RFFT2D takes powers of 2 only; it refuses TensorFlow's file")
form('complex/cropped', Op('Real', Op('RFFT', In(2, 15), ints(10))))
for length in (16, 15, 12):
    form('complex/inverse_%d' % length, Op('IRFFT', Op('RFFT', In(-1, 16), ints(16)), ints(length)))

# --- what models written by hand have ------------------------------------------------------------------------------------------------
for name, equation, shape in (('swap', 'abc->cab', (-1, 3, 4)), ('sum', 'abc->b', (-1, 3, 4)), ('all', 'ab->', (-1, 3)),
                              ('ellipsis', 'a...b->b...a', (-1, 3, 4, 2)), ('sum_and_swap', 'abcd->da', (2, 3, 4, 5))):
    form('einsum/one_' + name, Op('Einsum', In(*shape), equation=equation, N=1))
form('einsum/sum_alone', Op('Einsum', In(-1, 3, 4), Const(4, 5), equation='abc,cd->ad', N=2))
form('einsum/sum_alone_of_both', Op('Einsum', In(2, 3, 4), In(4, 5, 2), equation='abc,cde->ad', N=2))
WAVE = In(1, -1, batch=16)
form('complex/unknown_length', Op('ComplexAbs', Op('RFFT', WAVE, Op('StridedSlice', Op('Shape', WAVE), ints(1), ints(2), ints(1)))))
ROWS = In(2, -1, 4, batch=5)
LAST = Op('Sub', Op('StridedSlice', Op('Shape', ROWS), ints(1), ints(2), ints(1), shrink_axis_mask=1), scalar(1))
form('stridedslice/ellipsis_of_one', Op('StridedSlice', ROWS, Op('Pack', scalar(0), scalar(1), scalar(0)), Op('Pack', scalar(0), LAST, scalar(0)),
                                        ints(1, 1, 1), ellipsis_mask=1, begin_mask=4, end_mask=4))
form('square/ints', Op('Square', i32(-1, 5)), int8=False)
form('lgamma/static', Op('Lgamma', In(3, 7, low=0.1, high=9)), edges=[1, 2, 0.5, -0.5, -1.5, -2.25, 30, 1e-3, 1e4], tolerance=1e-5)
form('lgamma/dynamic', Op('Lgamma', In(-1, 7, low=0.6, high=9)), tolerance=1e-5)
LOGITS = In(-1, 5, low=-3, high=3)
form('crossentropy/dense', *all_of(Op('SoftmaxCrossEntropyWithLogits', LOGITS, Op('Softmax', In(-1, 5))), 2))
form('crossentropy/sparse', *all_of(Op('SparseSoftmaxCrossEntropyWithLogits', LOGITS, i32(-1, low=0, high=4)), 2))
form('crossentropy/sparse_static', Op('SparseSoftmaxCrossEntropyWithLogits', In(3, 5), i32(3, low=0, high=4)))
form('resize/of_bytes', Op('ResizeBilinear', In(-1, 4, 5, 3, low=0, high=255, dtype='uint8'), ints(7, 9), half_pixel_centers=True), int8=False)
form('resize/of_ints', Op('ResizeBilinear', i32(1, 4, 5, 3), ints(8, 10), align_corners=True), int8=False)
form('maxpool/explicit', Op('MaxPool', In(-1, 6, 6, 2), ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding='EXPLICIT',
                            explicit_paddings=[0, 0, 1, 1, 0, 2, 0, 0]))
LIMITS = (scalar(-2, 'float32'), scalar(1.5, 'float32'))
for variant, attrs in {'given': {'range_given': True}, 'narrow': {'range_given': True, 'narrow_range': True}, 'of_elements': {},
                       'unsigned': {'range_given': True, 'signed_input': False}, 'five_bits': {'range_given': True, 'num_bits': 5}}.items():
    why = '' if 'range_given' in attrs and 'narrow_range' not in attrs else "TensorFlow's converter takes the given range in any case, and all 256 integers"
    form('quantizeanddequantize/' + variant, Op('QuantizeAndDequantizeV4', In(3, 7, low=-3, high=3), *LIMITS, **attrs), tolerance=1e-5, why=why)
    form('quantizeanddequantize/v2_' + variant, Op('QuantizeAndDequantizeV2', In(-1, 7, low=-3, high=3), *LIMITS, **attrs), tolerance=1e-5, why=why)
form('quantizeanddequantize/bits_operand', Op('QuantizeAndDequantizeV3', In(3, 7, low=-3, high=3), *LIMITS, scalar(6)), tolerance=1e-5)

# --- what goes away ------------------------------------------------------------------------------------------------------------------
CENTERED = In(-1, 4, 6)
DIFFERENCE = Op('Sub', CENTERED, Op('Mean', CENTERED, ints(2), keep_dims=True))
form('passes/square_of_difference', Op('Mean', Op('Square', DIFFERENCE), ints(2)), Op('Mul', DIFFERENCE, Const(6)))
GATES = Op('Sigmoid', Op('MatMul', In(3, 4), Const(4, 10)))
HALVES = Op('Split', scalar(1), GATES, num_split=2)
form('passes/times_zero', Op('AddV2', Op('Mul', HALVES, Const(value=np.zeros((3, 5)), dtype='float32')), HALVES.result(1)))
SIZES = Op('Shape', CENTERED)
HEAD = Op('Reshape', Op('Prod', Op('StridedSlice', SIZES, ints(0), ints(2), ints(1)), ints(0)), ints(1))
form('passes/reduction_then_reshape', Op('Reshape', CENTERED, Op('ConcatV2', HEAD, ints(6), scalar(0))))
form('passes/nothing_joined', Op('Reshape', CENTERED, Op('ConcatV2', ints(), Op('Reshape', Op('Prod', SIZES, ints(0)), ints(1)), ints(), scalar(0))))
SEQUENCE = In(1, 12, 1, 4)
BRANCHES = [Op('Squeeze', Op('Conv2D', SEQUENCE, Const(3, 1, 4, 6), strides=[1, 1, 1, 1], padding='SAME'), squeeze_dims=[2]) for _ in range(2)]
form('passes/sum_of_reshaped', Op('Relu', Op('AddV2', *BRANCHES)))
form('passes/leading_ones', Op('AddV2', Op('Reshape', Op('BatchMatMulV2', In(4, 3, 5), In(4, 5, 6)), ints(1, 4, 3, 6)), In(1, 1, 3, 6)))
