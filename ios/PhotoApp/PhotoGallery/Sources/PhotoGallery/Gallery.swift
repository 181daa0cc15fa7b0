import EpicClassifier

/// What the screen shows: pictures by group and class, and what is selected.
public struct Gallery: Sendable {
    /// One picture.
    public struct Picture: Sendable, Hashable, Identifiable {
        public let item: ScanItem
        /// The group that it is shown under.
        public var group: String
        /// `nil` where it could not be classified.
        public let className: String?
        public let confidence: Float
        /// Whether the pack abstained: it counts as personal.
        public var isUnsure: Bool
        /// Whether the user said that it is personal.
        public var isKept: Bool

        public var id: String { item.key ?? "" }
    }

    /// Pictures of one class.
    public struct Section: Sendable, Identifiable {
        /// `nil` for what is kept, unsure or could not be classified.
        public let className: String?
        public let pictures: [Picture]

        public var id: String { className ?? "" }
    }

    /// The group that is never offered for deletion.
    public let personalGroup: String
    private var pictures: [String: Picture] = [:]
    /// In the order of selection.
    public private(set) var selection: [String] = []
    /// What a scan in work may still report.
    private var gone: Set<String> = []

    public init(personalGroup: String) { self.personalGroup = personalGroup }

    /// Takes what a scan reports.
    public mutating func take(_ results: [ScanResult]) {
        for result in results {
            guard let key = result.item.key, !gone.contains(key) else { continue }
            let picture = picture(of: result)
            pictures[key] = picture
            if picture.group == personalGroup { selection.removeAll { $0 == key } }
        }
    }

    private func picture(of result: ScanResult) -> Picture {
        switch result.outcome {
        case .classified(let verdict, let correction, _):
            Picture(
                item: result.item,
                group: correction ?? verdict.group,
                className: verdict.className,
                confidence: verdict.confidence,
                isUnsure: verdict.abstained && correction == nil,
                isKept: correction == personalGroup
            )
        case .failed:
            Picture(
                item: result.item,
                group: personalGroup,
                className: nil,
                confidence: 0,
                isUnsure: true,
                isKept: false
            )
        }
    }

    /// Forgets pictures that are gone.
    public mutating func remove(_ keys: some Collection<String>) {
        let keys = Set(keys)
        for key in keys { pictures[key] = nil }
        selection.removeAll(where: keys.contains)
        gone.formUnion(keys)
    }

    /// A new look at what is there: forgets pictures that are not in `keys`.
    public mutating func retain(_ keys: some Collection<String>) {
        remove(Set(pictures.keys).subtracting(keys))
        gone = []
    }

    /// The sections of a tab, a class each: the largest first, what stands apart last.
    public func sections(personal: Bool) -> [Section] {
        let members = pictures.values.filter { ($0.group == personalGroup) == personal }
        // What the user kept or the pack is unsure of stands apart from its class.
        return Dictionary(grouping: members) { $0.isKept || $0.isUnsure ? nil : $0.className }
            .map { className, members in
                Section(
                    className: className,
                    pictures: members.sorted { ($0.confidence, $1.id) > ($1.confidence, $0.id) }
                )
            }
            .sorted { first, second in
                func rank(_ section: Section) -> (Int, Int, String) {
                    (section.className == nil ? 1 : 0, -section.pictures.count, section.id)
                }
                return rank(first) < rank(second)
            }
    }

    /// Pictures of a tab.
    public func count(personal: Bool) -> Int {
        pictures.values.count { ($0.group == personalGroup) == personal }
    }

    /// Pictures that could not be classified: shown, never offered for deletion.
    public var failedCount: Int { pictures.values.count { $0.className == nil } }

    public func isSelected(_ key: String) -> Bool { selection.contains(key) }

    /// Selects or deselects one picture; personal ones cannot be selected.
    public mutating func toggle(_ key: String) {
        if let index = selection.firstIndex(of: key) {
            selection.remove(at: index)
        } else if isSelectable(key) {
            selection.append(key)
        }
    }

    /// Selects every irrelevant picture but those of `kept`.
    public mutating func selectAll(but kept: some Collection<String>) {
        let kept = Set(kept)
        selection = pictures.keys.filter { isSelectable($0) && !kept.contains($0) }.sorted()
    }

    /// Selects every irrelevant picture of a class.
    public mutating func selectClass(_ className: String) {
        let members = pictures.values.filter { $0.className == className && isSelectable($0.id) }
        let already = Set(selection)
        selection += members.map(\.id).filter { !already.contains($0) }.sorted()
    }

    public mutating func clearSelection() { selection = [] }

    /// The user says that pictures are personal: they move at once. The caller has the store remember it.
    public mutating func keep(_ keys: some Collection<String>) {
        for key in keys where pictures[key] != nil {
            pictures[key]?.group = personalGroup
            pictures[key]?.isKept = true
            pictures[key]?.isUnsure = false
        }
        let keys = Set(keys)
        selection.removeAll(where: keys.contains)
    }

    /// Scan items of keys, for the store.
    public func items(_ keys: some Collection<String>) -> [ScanItem] {
        keys.compactMap { pictures[$0]?.item }
    }

    private func isSelectable(_ key: String) -> Bool {
        pictures[key].map { $0.group != personalGroup } ?? false
    }
}
