// What a generated PES V2 file shall hold and how it shall be written.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace sceau::gen {

enum class Encoding { kIso88591, kUtf8 };
enum class LineEnd { kLf, kCrlf, kNone };  // kNone: the whole document on one line
enum class Indentation { kSpaces, kTabs, kNone };
enum class Quote { kDouble, kSingle };
enum class Dematerialisee { kYes, kNo, kAbsent };  // InfoDematerialisee of both domains

// The bytes of the document, nothing of its content.
struct Layout {
  Encoding encoding = Encoding::kIso88591;
  bool byte_order_mark = false;  // UTF-8 only
  bool xml_declaration = true;   // may be absent in UTF-8 only
  LineEnd line_end = LineEnd::kLf;
  Indentation indentation = Indentation::kSpaces;
  Quote quote = Quote::kDouble;
  // Comments, processing instructions, references, odd blanks, unused namespaces: all that XML and
  // the schema allow and that breaks careless software.
  bool oddities = false;
  bool base64_single_line = false;  // else lines of 76 (always one line under LineEnd::kNone)
};

struct PesSpec {
  uint64_t seed = 1;
  int exercice = 2024;
  int depense = 1;                     // bordereaux of mandats
  int recette = 1;                     // bordereaux of titres
  int pieces = 3;                      // per bordereau
  int lines = 2;                       // per piece
  int attachments = 0;                 // spread over the pieces
  int64_t attachment_size = 16 << 10;  // bytes of each PDF, before gzip and base64

  Dematerialisee dematerialisee = Dematerialisee::kYes;
  bool bordereau_ids = true;
  bool root_id = true;
  bool ds_prefix = true;  // declare xmlns:ds on the root
  Layout layout;
};

inline constexpr int64_t kMinAttachmentSize = 2048;  // what is not noise takes up to 1500

// dépense and recette, three bordereaux, three attachments, as the field sends it.
PesSpec DemoSpec();

// kUsage, with the name of the option as detail, for what cannot be written or would not be valid.
Status CheckSpec(const PesSpec& spec);

}  // namespace sceau::gen
