#include "audit/log_check.h"

#include <algorithm>
#include <map>

#include "base/strings.h"

namespace sceau::audit {
namespace {

struct Row {
  Fault fault;
  std::string_view name;
  Text meaning;
};
constexpr Row kFaults[] = {
    {Fault::kLineMalformed,
     "LINE_MALFORMED",
     {"cette ligne n'est pas d'un journal d'audit", "this line is not of an audit log"}},
    {Fault::kRecordMissing,
     "RECORD_MISSING",
     {"il manque un ou plusieurs enregistrements avant celui-ci",
      "one or more records before this one are missing"}},
    {Fault::kOutOfOrder,
     "RECORD_OUT_OF_ORDER",
     {"enregistrement déplacé, répété ou ajouté", "record moved, repeated or inserted"}},
    {Fault::kSecondLog,
     "SECOND_LOG",
     {"un autre journal commence ici : deux journaux ont été joints",
      "another log begins here: two logs were joined"}},
    {Fault::kChainBroken,
     "CHAIN_BROKEN",
     {"la chaîne est rompue : cet enregistrement ou le précédent a été modifié",
      "the chain is broken: this record or the one before was changed"}},
    {Fault::kCut,
     "CUT",
     {"le journal est plus court que ne le dit un point de contrôle",
      "the log is shorter than a checkpoint says"}},
    {Fault::kOtherThanCheckpoint,
     "OTHER_THAN_CHECKPOINT",
     {"l'enregistrement n'est pas celui du point de contrôle : le journal a été réécrit",
      "the record is not the checkpoint's: the log was written anew"}},
    {Fault::kCheckpointOfOther,
     "CHECKPOINT_OF_OTHER_LOG",
     {"le point de contrôle est celui d'un autre journal", "the checkpoint is of another log"}},
    {Fault::kCheckpointSignature,
     "CHECKPOINT_SIGNATURE",
     {"la signature du point de contrôle n'est pas valide avec cette clé publique",
      "the checkpoint's signature does not hold under this public key"}},
};

const Row& RowOf(Fault fault) {
  return *std::find_if(std::begin(kFaults), std::end(kFaults),
                       [&](const Row& row) { return row.fault == fault; });
}

std::string TextIn(const Fields& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Lines of a file, each without its end.
class Lines {
 public:
  explicit Lines(const InputFile& file) : file_(file) {}

  // False at the end, or when the rest has no end or is longer than kMaxLine: rest().
  StatusOr<bool> Next(std::string_view& line) {
    for (;;) {
      const size_t end = buffer_.find('\n', begin_);
      if (end != std::string::npos && end - begin_ < kMaxLine) {
        line = std::string_view(buffer_).substr(begin_, end - begin_);
        begin_ = end + 1;
        return true;
      }
      if (read_ == file_.size() || buffer_.size() - begin_ >= kMaxLine) return false;
      buffer_.erase(0, std::exchange(begin_, 0));
      const size_t kept = buffer_.size();
      buffer_.resize(kept + kStep);
      SCEAU_ASSIGN_OR_RETURN(const size_t got, file_.ReadAt(read_, buffer_.data() + kept, kStep));
      buffer_.resize(kept + got);
      read_ += static_cast<int64_t>(got);
      if (got == 0) return false;
    }
  }
  // Bytes after the last line.
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
  bool whole() const { return read_ == file_.size(); }
  int64_t position() const { return read_ - static_cast<int64_t>(buffer_.size() - begin_); }

 private:
  static constexpr size_t kStep = 256 << 10;
  const InputFile& file_;
  std::string buffer_;
  size_t begin_ = 0;
  int64_t read_ = 0;
};

class Checking {
 public:
  Checking(const InputFile& file, const Evidence* evidence, const RecordSink& sink)
      : lines_(file), sink_(sink) {
    if (evidence == nullptr) return;
    for (const Checkpoint& it : evidence->checkpoints) {
      if (!HoldsUnder(evidence->public_key.get(), it)) Bad(Fault::kCheckpointSignature, it.n, 0);
      checkpoints_.emplace(it.n, &it);
      state_.covered = std::max(state_.covered, it.n);
    }
  }

  StatusOr<LogState> Run() {
    std::string_view line;
    SCEAU_ASSIGN_OR_RETURN(const bool any, lines_.Next(line));
    const auto id = any ? LogIdIn(line) : std::nullopt;
    if (!id) return Error(Reason::kAuditInvalid, "header");
    state_.log_id = *id;
    state_.link = FirstLink(*id);
    state_.size = lines_.position();
    CompareWithCheckpoints();
    for (;;) {
      if (state_.first_bad) return Ended();
      SCEAU_ASSIGN_OR_RETURN(const bool more, lines_.Next(line));
      if (!more) break;
      Take(line);
    }
    if (lines_.whole() && MayBeginLine(lines_.rest())) {
      state_.unfinished = static_cast<int64_t>(lines_.rest().size());
    } else {
      Bad(Fault::kLineMalformed, state_.records + 1, LineNumber());
    }
    if (!state_.first_bad && state_.covered > state_.records) {
      Bad(Fault::kCut, state_.records + 1, LineNumber());
    }
    return Ended();
  }

 private:
  // Of the record that comes next; the header is line 1.
  int64_t LineNumber() const { return state_.records + 2; }

  void Bad(Fault fault, int64_t record, int64_t line) {
    if (!state_.first_bad) state_.first_bad = Finding{fault, record, line};
  }

  void Take(std::string_view text) {
    const int64_t n = state_.records + 1;
    const auto bad = [&](Fault fault) { Bad(fault, n, LineNumber()); };
    if (LogIdIn(text)) return bad(Fault::kSecondLog);
    const auto line = ReadLine(text);
    const auto fields = line ? ReadCanonical(line->record) : std::nullopt;
    if (!fields) return bad(Fault::kLineMalformed);
    const Fields number = fields->value("n", Fields());
    if (!number.is_number_unsigned() || fields->value("v", Fields()) != kRecordVersion) {
      return bad(Fault::kLineMalformed);
    }
    if (number.get<uint64_t>() > static_cast<uint64_t>(n)) return bad(Fault::kRecordMissing);
    if (number.get<uint64_t>() < static_cast<uint64_t>(n)) return bad(Fault::kOutOfOrder);
    if (NextLink(state_.link, RecordDigest(line->record)) != line->link) {
      return bad(Fault::kChainBroken);
    }
    ++state_.records;
    state_.link = line->link;
    state_.size = lines_.position();
    CompareWithCheckpoints();
    if (state_.first_bad) return;
    Follow(*fields);
    if (sink_) sink_({n, line->record, *fields, state_.link});
  }

  void CompareWithCheckpoints() {
    const auto [begin, end] = checkpoints_.equal_range(state_.records);
    for (auto it = begin; it != end; ++it) {
      if (it->second->log_id != state_.log_id) {
        Bad(Fault::kCheckpointOfOther, state_.records, LineNumber() - 1);
      } else if (it->second->link != state_.link) {
        Bad(Fault::kOtherThanCheckpoint, state_.records, LineNumber() - 1);
      }
    }
  }

  void Follow(const Fields& fields) {
    const std::string kind = TextIn(fields, "kind"), request = TextIn(fields, "request");
    if (kind == "INTENT") {
      open_[request] = {state_.records, request, TextIn(fields, "time")};
    } else if (kind == "DONE" || kind == "FAILED") {
      open_.erase(request);
    }
  }

  LogState Ended() {
    for (auto& [request, intent] : open_) state_.open.push_back(std::move(intent));
    std::sort(state_.open.begin(), state_.open.end(),
              [](const OpenIntent& a, const OpenIntent& b) { return a.n < b.n; });
    return std::move(state_);
  }

  Lines lines_;
  const RecordSink& sink_;
  LogState state_;
  std::multimap<int64_t, const Checkpoint*> checkpoints_;
  std::map<std::string, OpenIntent> open_;
};

}  // namespace

std::string_view NameOf(Fault fault) { return RowOf(fault).name; }

Text MeaningOf(Fault fault) { return RowOf(fault).meaning; }

StatusOr<LogState> CheckLog(const InputFile& file, const Evidence* evidence,
                            const RecordSink& sink) {
  return Checking(file, evidence, sink).Run();
}

}  // namespace sceau::audit
