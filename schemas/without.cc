#include "schemas/without.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/cut.h"
#include "base/strings.h"
#include "schemas/pes_reader.h"
#include "schemas/without_choice.h"
#include "xml/escape.h"
#include "xml/splice.h"
#include "xml/start_tag.h"

namespace sceau::schemas {
namespace {

constexpr size_t kMaxFileName = 100;  // characters of NomFic, in every schema set

std::string Euros(int64_t centimes) {
  const int64_t size = centimes < 0 ? -centimes : centimes;
  return Concat(centimes < 0 ? "-" : "", size / 100, size % 100 < 10 ? ".0" : ".", size % 100);
}

// "PESALR2_x.xml" becomes "PESALR2_x-R1.xml", and that "PESALR2_x-R2.xml".
std::string NextFileName(const std::string& name) {
  const size_t point = name.rfind('.');
  std::string stem = name.substr(0, point);
  const std::string extension = point == std::string::npos ? "" : name.substr(point);
  int64_t round = 0;
  const size_t mark = stem.rfind("-R");
  if (mark != std::string::npos && absl::SimpleAtoi(stem.substr(mark + 2), &round)) {
    stem.resize(mark);
  }
  const std::string suffix = Concat("-R", round + 1, extension);
  return Concat(Cut(stem, kMaxFileName - std::min(kMaxFileName, suffix.size())), suffix);
}

// Between quotes of either kind.
std::string EscapedValue(const std::string& value) {
  std::string out;
  xml::AppendEscapedAttribute(value, out);
  return absl::StrReplaceAll(out, {{"'", "&#39;"}});
}

bool IsFileName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxFileName && name.find('/') == std::string::npos &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= 0x20; });
}

class Planner {
 public:
  // `match`: of the acknowledgement, or null.
  Planner(const InputFile& input, const PesParts& parts, const Choice& choice,
          const AcquitMatch* match, Without& out)
      : input_(input), parts_(parts), choice_(choice), match_(match), out_(out) {}

  StatusOr<std::vector<xml::PlannedEdit>> Run() {
    SCEAU_RETURN_IF_ERROR(Rename());
    for (const Domain domain : {Domain::kDepense, Domain::kRecette}) {
      SCEAU_RETURN_IF_ERROR(PlanDomain(domain));
    }
    SCEAU_RETURN_IF_ERROR(PlanDocuments());
    for (const xml::ByteRange& it : parts_.root_signatures) {
      Cut(it);
      out_.signatures.push_back({Scope::kWhole, parts_.facts.RootName()});
    }
    std::sort(edits_.begin(), edits_.end(),
              [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return std::move(edits_);
  }

 private:
  void Cut(const xml::ByteRange& bytes) {
    edits_.push_back(
        {bytes.offset, "", []() -> StatusOr<std::string> { return std::string(); }, bytes.length});
  }

  // With the blanks that lay it out: those before it.
  Status CutWithLayout(xml::ByteRange bytes) {
    constexpr int64_t kLayout = 4096;
    const int64_t from = std::max<int64_t>(0, bytes.offset - kLayout);
    SCEAU_ASSIGN_OR_RETURN(const std::string before,
                           input_.Slice(from, static_cast<size_t>(bytes.offset - from)));
    const size_t last = before.find_last_not_of(" \t\r\n");
    const auto blanks = static_cast<int64_t>(before.size() - (last == before.npos ? 0 : last + 1));
    Cut({bytes.offset - blanks, bytes.length + blanks});
    return OkStatus();
  }

  Status Replace(const Figure& figure, const std::string& value) {
    SCEAU_ASSIGN_OR_RETURN(const std::string tag,
                           input_.Slice(figure.tag.offset, static_cast<size_t>(figure.tag.length)));
    const std::optional<xml::ByteRange> at = xml::AttributeValue(tag, "V");
    if (!at) return Error(Reason::kElementMalformed, figure.place.element, figure.place);
    std::string bytes = xml::Encode(EscapedValue(value), parts_.encoding);
    edits_.push_back({figure.tag.offset + at->offset,
                      tag.substr(static_cast<size_t>(at->offset), static_cast<size_t>(at->length)),
                      [bytes = std::move(bytes)]() -> StatusOr<std::string> { return bytes; }});
    return OkStatus();
  }

  Status Rename() {
    if (!parts_.file_name.present()) return Error(Reason::kElementMalformed, "NomFic");
    return Replace(parts_.file_name, out_.file_name);
  }

  // Its bordereaux one by one, or all of it when none is left.
  Status PlanDomain(Domain domain) {
    const std::vector<Bordereau>& all = parts_.facts.bordereaux;
    bool any = false, left = false;
    for (size_t b = 0; b < all.size(); ++b) {
      if (all[b].domain != domain) continue;
      any = true;
      left |= !choice_.Whole(b);
    }
    if (!any) return OkStatus();
    if (!left) SCEAU_RETURN_IF_ERROR(CutWithLayout(parts_.Of(domain)));
    std::set<std::string> shortened;  // years and types of which something refused was left out
    for (size_t b = 0; b < all.size(); ++b) {
      if (all[b].domain != domain) continue;
      const std::string series = Concat(all[b].exercice, ":", all[b].type);
      if (!choice_.Changed(b)) {
        if (shortened.count(series) > 0 && parts_.bordereaux[b].mt_cumul_annuel.present()) {
          out_.cumulative_after.push_back(all[b].Name());
        }
        continue;
      }
      for (const Why why : choice_.pieces[b]) {
        if (why == Why::kAsked || why == Why::kRefused) shortened.insert(series);
      }
      SCEAU_RETURN_IF_ERROR(PlanBordereau(b, /*within=*/left));
    }
    return OkStatus();
  }

  // `within` a domain that stays.
  Status PlanBordereau(size_t b, bool within) {
    const BordereauPart& part = parts_.bordereaux[b];
    const std::string name = parts_.facts.bordereaux[b].Name();
    const bool whole = choice_.Whole(b);
    for (size_t p = 0; p < part.pieces.size(); ++p) {
      if (choice_.pieces[b][p] == Why::kKept) continue;
      out_.pieces.push_back({name, part.pieces[p].number, choice_.pieces[b][p], ErrorsOf(b, p),
                             part.pieces[p].place});
      if (!whole) SCEAU_RETURN_IF_ERROR(CutWithLayout(part.pieces[p].bytes));
    }
    for (const xml::ByteRange& it : part.signatures) {
      if (!whole) Cut(it);
      out_.signatures.push_back({Scope::kBordereau, name});
    }
    if (!whole) return Mend(b);
    out_.bordereaux.push_back(name);
    return within ? CutWithLayout(part.bytes) : OkStatus();
  }

  // The accountant's words on a piece, else on its bordereau.
  std::vector<AcquitError> ErrorsOf(size_t b, size_t p) const {
    if (choice_.pieces[b][p] != Why::kRefused) return {};
    const BordereauAnswer& answer = match_->bordereaux[b];
    return answer.pieces[p].said != nullptr ? answer.pieces[p].said->errors : answer.said->errors;
  }

  Status Mend(size_t b) {
    const BordereauPart& part = parts_.bordereaux[b];
    int64_t left = 0, ht = 0, tva = 0;  // pieces that stay; centimes that go
    for (size_t p = 0; p < part.pieces.size(); ++p) {
      const PiecePart& piece = part.pieces[p];
      if (choice_.pieces[b][p] == Why::kKept) {
        ++left;
      } else if (!piece.ht || !piece.tva || __builtin_add_overflow(ht, *piece.ht, &ht) ||
                 __builtin_add_overflow(tva, *piece.tva, &tva)) {
        return Error(Reason::kElementMalformed, "MtHT, MtTVA", piece.place);
      }
    }
    SCEAU_RETURN_IF_ERROR(MendFigure(b, part.nbr_pce, Concat(left)));
    SCEAU_RETURN_IF_ERROR(Lessen(b, part.amount_ht, ht));
    SCEAU_RETURN_IF_ERROR(Lessen(b, part.amount_tva, tva));
    return Lessen(b, part.mt_cumul_annuel, ht);
  }

  Status Lessen(size_t b, const Figure& figure, int64_t by) {
    if (!figure.present() || by == 0) return OkStatus();
    const std::optional<int64_t> amount = Centimes(figure.value);
    int64_t less = 0;
    if (!amount || __builtin_sub_overflow(*amount, by, &less)) {
      return Error(Reason::kElementMalformed, figure.value, figure.place);
    }
    return MendFigure(b, figure, Euros(less));
  }

  Status MendFigure(size_t b, const Figure& figure, const std::string& value) {
    if (!figure.present() || figure.value == value) return OkStatus();
    out_.mended.push_back(
        {parts_.facts.bordereaux[b].Name(), figure.place.element, figure.value, value});
    return Replace(figure, value);
  }

  Status PlanDocuments() {
    const bool all = std::find(choice_.documents.begin(), choice_.documents.end(), Why::kKept) ==
                     choice_.documents.end();
    if (all && !choice_.documents.empty()) {
      SCEAU_RETURN_IF_ERROR(CutWithLayout(parts_.pes_pj));
    }
    for (size_t i = 0; i < choice_.documents.size(); ++i) {
      if (choice_.documents[i] == Why::kKept) continue;
      const PieceJustificative& it = parts_.facts.pieces_justificatives[i];
      out_.documents.push_back(
          {it.id, it.name, choice_.documents[i], {}, choice_.still_referenced[i]});
      if (choice_.documents[i] == Why::kRefused) {
        out_.documents.back().errors = match_->id_elements[i]->errors;
      }
      if (!all) SCEAU_RETURN_IF_ERROR(CutWithLayout(parts_.pieces_justificatives[i]));
    }
    return OkStatus();
  }

  const InputFile& input_;
  const PesParts& parts_;
  const Choice& choice_;
  const AcquitMatch* const match_;
  Without& out_;
  std::vector<xml::PlannedEdit> edits_;
};

// What was written holds exactly what was to stay.
Status CheckOutput(const InputFile& written, const PesParts& before, Without& out) {
  SCEAU_ASSIGN_OR_RETURN(const PesParts after, ReadPesParts(written));
  out.sha256 = ToHex(after.sha256);
  out.size = written.size();
  const auto pieces = [](const PesParts& parts) {
    size_t count = 0;
    for (const BordereauPart& it : parts.bordereaux) count += it.pieces.size();
    return count;
  };
  const bool good = after.bordereaux.size() + out.bordereaux.size() == before.bordereaux.size() &&
                    pieces(after) + out.pieces.size() == pieces(before) &&
                    after.pieces_justificatives.size() + out.documents.size() ==
                        before.pieces_justificatives.size() &&
                    after.facts.root_signatures == 0 && after.file_name.value == out.file_name;
  return good ? OkStatus() : Error(Reason::kOutputCheckFailed, "parts");
}

}  // namespace

std::string_view NameOf(Why why) {
  constexpr std::string_view kNames[] = {"KEPT", "ASKED", "REFUSED", "ACCEPTED", "UNUSED"};
  return kNames[static_cast<size_t>(why)];
}

SentFile SentFileOf(const PesParts& parts) {
  SentFile out;
  out.file_name = parts.file_name.value;
  out.collectivite = parts.facts.collectivite;
  for (size_t b = 0; b < parts.bordereaux.size(); ++b) {
    const Bordereau& it = parts.facts.bordereaux[b];
    SentBordereau& sent = out.bordereaux.emplace_back(
        SentBordereau{it.domain, it.Name(), it.Ref(), it.exercice, it.number, {}});
    for (const PiecePart& piece : parts.bordereaux[b].pieces) {
      sent.pieces.push_back({piece.number, piece.place});
    }
  }
  for (const PieceJustificative& it : parts.facts.pieces_justificatives) out.ids.push_back(it.id);
  return out;
}

StatusOr<Without> WriteWithout(const InputFile& input, const WithoutOptions& options,
                               OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const PesParts parts, ReadPesParts(input));
  Without out;
  out.old_file_name = parts.file_name.value;
  out.file_name = options.file_name.empty() ? NextFileName(out.old_file_name) : options.file_name;
  if (!IsFileName(out.file_name) || out.file_name == out.old_file_name) {
    return Error(Reason::kUsage, Concat("NomFic: ", out.file_name));
  }
  std::optional<AcquitMatch> match;
  if (options.acquit != nullptr) {
    SCEAU_ASSIGN_OR_RETURN(match, MatchAcquit(*options.acquit, SentFileOf(parts)));
    out.strangers = match->strangers;
  }
  SCEAU_ASSIGN_OR_RETURN(const Choice choice, Choose(parts, options, match ? &*match : nullptr));
  SCEAU_ASSIGN_OR_RETURN(const auto edits,
                         Planner(input, parts, choice, match ? &*match : nullptr, out).Run());
  SCEAU_ASSIGN_OR_RETURN(const xml::Spliced spliced, xml::Splice(input, edits, output));
  if (spliced.input_sha256 != parts.sha256) return Error(Reason::kInputChanged);
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  SCEAU_RETURN_IF_ERROR(CheckOutput(written, parts, out));
  return out;
}

}  // namespace sceau::schemas
