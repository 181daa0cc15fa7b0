internal import EpicFFI

extension MetadataParts {
    var native: EpicFFI.MetadataParts {
        EpicFFI.MetadataParts(
            colors: contains(.colors),
            faces: contains(.faces),
            text: contains(.text)
        )
    }
}

extension ImageMetadata {
    init(_ metadata: EpicFFI.ImageMetadata) {
        self.init(
            version: Int(metadata.version),
            width: Int(metadata.width),
            height: Int(metadata.height),
            colors: metadata.colors?.map { DominantColor(hex: $0.hex, ratio: $0.ratio) },
            faces: metadata.faces.map(FaceMetadata.init),
            text: metadata.text.map(TextMetadata.init),
            columns: metadata.columns.map {
                MetadataColumn(name: $0.name, value: ColumnValue($0.value))
            }
        )
    }
}

extension ColumnValue {
    init?(_ value: EpicFFI.ColumnValue) {
        switch value {
        case .absent: return nil
        case .count(let count): self = .count(count)
        case .number(let number): self = .number(number)
        case .text(let text): self = .text(text)
        }
    }
}

extension FaceMetadata {
    init(_ metadata: EpicFFI.FaceMetadata) {
        self.init(
            faces: metadata.faces.map {
                Face(x: $0.x, y: $0.y, width: $0.width, height: $0.height, score: $0.score)
            },
            areaRatio: metadata.areaRatio
        )
    }
}

extension Script {
    init(_ script: EpicFFI.Script) {
        self =
            switch script {
            case .latin: .latin
            case .arabic: .arabic
            case .unread: .unread
            }
    }
}

extension TextLine {
    init(_ line: EpicFFI.TextLine) {
        self.init(
            corners: line.corners.map { Point(x: $0.x, y: $0.y) },
            script: Script(line.script),
            text: line.text,
            score: line.score,
            block: Int(line.block),
            line: Int(line.line)
        )
    }
}

extension ScriptText {
    init(_ text: EpicFFI.ScriptText) {
        self.init(
            boxes: Int(text.boxes),
            words: text.words,
            lemmas: text.lemmas,
            segmentedLemmas: text.segmentedLemmas,
            wordsIncludingSeparators: Int(text.wordsIncludingSeparators),
            meanScore: text.meanScore
        )
    }
}

extension TextMetadata {
    init(_ text: EpicFFI.TextMetadata) {
        self.init(
            areaRatio: text.areaRatio,
            lineCount: Int(text.lineCount),
            blockCount: Int(text.blockCount),
            unreadBoxes: Int(text.unreadBoxes),
            english: ScriptText(text.english),
            arabic: ScriptText(text.arabic),
            mathSymbolCount: Int(text.mathSymbolCount),
            isPartial: text.partial,
            lines: text.lines.map(TextLine.init)
        )
    }
}
