package org.epicclassifier

/**
 * What the classifier says of one picture.
 *
 * @property className the most probable class, a name of the pack's taxonomy
 * @property group the group to treat the picture as: the fallback group ([PackInfo.fallbackGroup],
 *   personal) when abstained
 * @property confidence calibrated probability of the class, in 0..1
 * @property scores calibrated probability per class, in the order of the taxonomy
 * @property abstained whether the pack's thresholds were missed: do not act on the class
 * @property width upright width of the full picture in pixels
 * @property height upright height of the full picture in pixels
 */
public data class Verdict(
    val className: String,
    val group: String,
    val confidence: Float,
    val scores: Map<String, Float>,
    val abstained: Boolean,
    val width: Int,
    val height: Int,
)

/**
 * Verdict and metadata of one picture from one decode.
 *
 * @property verdict what the pack says
 * @property metadata the parts that were asked for
 */
public data class Analysis(val verdict: Verdict, val metadata: ImageMetadata)
