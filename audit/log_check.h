// Whether a log is what was written: read line by line, in memory that does not grow with it (but
// for the requests without an end).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/status.h"

namespace sceau::audit {

// What is wrong. Its stable name and what it means: NameOf, MeaningOf.
enum class Fault {
  kLineMalformed,        // is no line of a log, or its record is not in canonical form
  kRecordMissing,        // the number is too large: records are missing before this one
  kOutOfOrder,           // the number is too small: moved, repeated or inserted
  kSecondLog,            // the header of a log inside another: two were joined
  kChainBroken,          // the digest is not that of the record before and of this one
  kCut,                  // a checkpoint covers records that are not there
  kOtherThanCheckpoint,  // the record at a checkpoint is not the one it covers
  kCheckpointOfOther,    // the checkpoint is of another log
  kCheckpointSignature,  // the checkpoint's signature does not hold under the public key
};
std::string_view NameOf(Fault fault);
Text MeaningOf(Fault fault);

struct Finding {
  Fault fault;
  int64_t record = 0;  // the first that is bad, from 1; 0: no record
  int64_t line = 0;    // in the log
};

struct Record {
  int64_t n;
  std::string_view text;  // verbatim
  const Fields& fields;
  const std::string& link;  // h_n, raw
};

// A request whose intent stands in the log, and no end of it.
struct OpenIntent {
  int64_t n;
  std::string request, time;
};

struct LogState {
  std::string log_id;
  int64_t records = 0;  // good ones, up to the first bad
  std::string link;     // h of the last of them
  int64_t size = 0;     // bytes up to the end of its line
  std::optional<Finding> first_bad;
  int64_t unfinished = 0;        // bytes of a last line that is an append cut short; 0: none
  int64_t covered = 0;           // records up to the last checkpoint
  std::vector<OpenIntent> open;  // in their order
};

struct Evidence {
  std::vector<Checkpoint> checkpoints;
  EvpPkeyHandle public_key;
};

using RecordSink = std::function<void(const Record&)>;

// Reads to the first bad record and no further. `evidence` may be null: then a tail that was cut,
// or a log made anew from some record on, is not noticed. Errors: kAuditInvalid when there is no
// log's header; kInputUnreadable.
StatusOr<LogState> CheckLog(const InputFile& file, const Evidence* evidence,
                            const RecordSink& sink = nullptr);

}  // namespace sceau::audit
