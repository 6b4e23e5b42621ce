// The lists of an inspection, message by message: one is in memory at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sceau/v1/inspection.pb.h"
#include "schemas/inspection.h"

namespace sceau::server {

// The lists of one content, which may be null and outlives this.
class ContentParts {
 public:
  ContentParts(const schemas::OpenedContent* opened, std::optional<int64_t> piece)
      : opened_(opened), piece_(piece) {}

  // False when there is none left.
  bool Next(v1::ContentPart& part);

 private:
  bool Take(v1::ContentPart& part);

  const schemas::OpenedContent* opened_;
  std::optional<int64_t> piece_;
  size_t pdf_signatures_ = 0, members_ = 0, signatures_ = 0, budgets_ = 0, anomalies_ = 0;  // sent
};

// Of an inspection, which outlives this.
class InspectionItems {
 public:
  explicit InspectionItems(const schemas::Inspection& inspection)
      : inspection_(inspection), of_file_(inspection.opened.get(), std::nullopt) {}

  // False when there are none left.
  bool Next(v1::InspectedItems& items);
  // How many entries of each list have been sent.
  v1::InspectionEnd Sent() const;

 private:
  bool Add(v1::InspectedItems& items);
  bool AddPiece(v1::InspectedItems& items);
  bool AddAcquit(v1::InspectedItems& items);
  bool AddPart(ContentParts& parts, v1::InspectedItems& items);
  template <typename From, typename To>
  bool Take(const std::vector<From>& from, size_t& sent, To* into);
  template <typename Wire, typename To>
  bool Put(Wire wire, To* into);

  const schemas::Inspection& inspection_;
  ContentParts of_piece_{nullptr, std::nullopt}, of_file_;
  // Sent, of each list; the pieces are those of the acknowledgement's last element.
  size_t bordereaux_ = 0, pieces_ = 0, signatures_ = 0, budgets_ = 0, files_ = 0, anomalies_ = 0;
  size_t acquit_elements_ = 0, acquit_pieces_ = 0, acquit_entries_ = 0, parts_ = 0;
  size_t bytes_ = 0;  // of the message being made
};

}  // namespace sceau::server
