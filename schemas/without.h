// A new file without some pieces of an earlier one: what the accountant refused, what was taken in
// already, what is named by hand.
//
// The output is the input after a list of edits; what stays is copied byte for byte.
//   - A piece that is left out takes with it the supporting documents that it alone refers to; one
//     with a RefCompta, or to which nothing refers, stays. A bordereau without a piece is left out,
//     a domain without a bordereau, a PES_PJ without a document.
//   - In a changed bordereau NbrPce is counted anew; its amount without tax, its tax and its
//     MtCumulAnnuel are less by the lines of what was left out. Its signature goes.
//   - NomFic is new, so a signature of the root goes too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/acquit.h"
#include "schemas/pes_parts.h"

namespace sceau::schemas {

enum class Why {
  kKept,
  kAsked,     // named by hand
  kRefused,   // by the acknowledgement
  kAccepted,  // taken in already, by the acknowledgement
  kUnused,    // only what was left out refers to it
};
std::string_view NameOf(Why why);  // "ASKED", "REFUSED", ...

struct WithoutOptions {
  const Acquit* acquit = nullptr;   // null: only what is named
  std::vector<std::string> pieces;  // "BORDEREAU/PIECE": Id, reference or number; IdPce
  bool omit_accepted = false;
  std::string file_name;  // the new NomFic, UTF-8; empty: made of the old one
};

struct Without {
  struct Piece {
    std::string bordereau, number;
    Why why = Why::kKept;
    std::vector<AcquitError> errors;  // why it was refused
    Place place;                      // in the input
  };
  struct Document {
    std::string id, name;
    Why why = Why::kKept;
    std::vector<AcquitError> errors;
    bool still_referenced = false;  // by a piece that stays: it must have been sent already
  };
  struct Mended {
    std::string bordereau, element, from, to;
  };
  struct Dropped {
    Scope scope = Scope::kBordereau;
    std::string of;
  };

  std::string old_file_name, file_name;
  std::vector<Piece> pieces;
  std::vector<std::string> bordereaux;  // left out whole
  std::vector<Document> documents;
  std::vector<Mended> mended;
  std::vector<Dropped> signatures;
  // Bordereaux kept as they are whose MtCumulAnnuel still counts what was left out before them.
  std::vector<std::string> cumulative_after;
  std::vector<std::string> strangers;  // of the acknowledgement, not in the file
  std::string sha256;                  // of the output, lower-case hexadecimal
  int64_t size = 0;                    // bytes
};

// What the acknowledgement may name of the file.
SentFile SentFileOf(const PesParts& parts);

// Writes the new file into `output` and reads it there; the caller publishes.
// Errors: those of ReadPesParts and MatchAcquit; kPieceNotFound, kNothingToLeaveOut, kNothingLeft;
// kElementMalformed where an amount to be mended is none; kUsage for a name that is not one;
// kInputChanged, kOutputUnwritable, kOutputCheckFailed.
StatusOr<Without> WriteWithout(const InputFile& input, const WithoutOptions& options,
                               OutputFile& output);

}  // namespace sceau::schemas
