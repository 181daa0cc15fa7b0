package org.epicclassifier

/**
 * What a pack says of itself.
 *
 * @property id name, version and the start of the manifest's hash
 * @property name name
 * @property version semantic version
 * @property groupOfClass the group of each class, in the order of scores
 * @property groups all groups
 * @property fallbackGroup the group of what is not sure: personal
 * @property inputWidth width of the network's input in pixels
 * @property inputHeight height of the network's input in pixels
 */
public data class PackInfo(
    val id: String,
    val name: String,
    val version: String,
    val groupOfClass: Map<String, String>,
    val groups: List<String>,
    val fallbackGroup: String,
    val inputWidth: Int,
    val inputHeight: Int,
)
