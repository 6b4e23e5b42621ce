#include "tools/client/convert_inspection.h"

#include <vector>

#include "base/bytes.h"
#include "proto/enums.h"
#include "tools/client/convert.h"

namespace sceau::client {
namespace {

using wire::From;

schemas::Seal FromWire(const v1::Seal& wire) {
  schemas::Seal seal;
  seal.state = From(wire.state(), schemas::SealState::kBroken);
  seal.date = wire.date();
  seal.stated = {.md5 = wire.md5(), .sha1 = wire.sha1()};
  seal.line = wire.place().line();
  seal.column = wire.place().column();
  return seal;
}

template <typename Wire>
std::vector<schemas::AcquitError> ErrorsOf(const Wire& wire) {
  std::vector<schemas::AcquitError> errors;
  for (const v1::AcquitError& it : wire.errors()) {
    errors.push_back({.code = it.code(), .text = it.text(), .line = it.line()});
  }
  return errors;
}

}  // namespace

schemas::DomainFacts FromWire(const v1::DomainFacts& wire) {
  schemas::DomainFacts facts;
  facts.present = wire.present();
  if (wire.has_info_dematerialisee()) facts.info_dematerialisee = wire.info_dematerialisee();
  facts.line = wire.place().line();
  facts.column = wire.place().column();
  return facts;
}

schemas::Collectivite FromWire(const v1::Collectivite& wire) {
  return {.id_post = wire.id_post(),
          .id_coll = wire.id_coll(),
          .cod_col = wire.cod_col(),
          .cod_bud = wire.cod_bud(),
          .libelle = wire.libelle()};
}

schemas::Bordereau FromWire(const v1::Bordereau& wire) {
  schemas::Bordereau bordereau;
  bordereau.domain = From(wire.domain(), schemas::Domain::kDepense);
  bordereau.ordinal = wire.ordinal();
  if (wire.has_id()) bordereau.id = wire.id();
  bordereau.exercice = wire.exercice();
  bordereau.type = wire.type();
  bordereau.number = wire.number();
  bordereau.date = wire.date();
  bordereau.amount_ht = wire.amount_ht();
  bordereau.pieces = wire.pieces();
  bordereau.pieces_justificatives.assign(wire.pieces_justificatives().begin(),
                                         wire.pieces_justificatives().end());
  bordereau.signatures = wire.signatures();
  bordereau.line = wire.place().line();
  bordereau.column = wire.place().column();
  return bordereau;
}

schemas::PieceJustificative FromWire(const v1::PieceJustificative& wire) {
  schemas::PieceJustificative piece;
  piece.id = wire.id();
  piece.name = wire.name();
  piece.type = wire.type();
  piece.mime_type = wire.mime_type();
  if (wire.has_size()) piece.size = wire.size();
  piece.sha256 = ToHex(wire.sha256());
  piece.content = From(wire.content_type(), schemas::ContentType::kOther);
  piece.line = wire.place().line();
  piece.column = wire.place().column();
  return piece;
}

schemas::SignatureFacts FromWire(const v1::SignatureFacts& wire) {
  return {.id = wire.id(), .scope = From(wire.scope(), schemas::Scope::kOther), .of = wire.of()};
}

schemas::BudgetFacts FromWire(const v1::BudgetAct& wire) {
  schemas::BudgetFacts act;
  act.schema_version = wire.schema_version();
  act.date = wire.date();
  act.id_post = wire.id_post();
  act.id_coll = wire.id_coll();
  act.libelle = wire.libelle();
  act.seal = FromWire(wire.seal());
  return act;
}

schemas::Budget FromWire(const v1::Budget& wire) {
  schemas::Budget budget;
  budget.label = wire.label();
  budget.siret = wire.siret();
  budget.cod_col = wire.cod_col();
  budget.cod_bud = wire.cod_bud();
  budget.nomenclature = wire.nomenclature();
  budget.nat_dec = wire.nat_dec();
  budget.exercice = wire.exercice();
  budget.lines = wire.lines();
  for (const v1::Annex& it : wire.annexes()) {
    budget.summary.push_back({.code = it.code(), .present = it.present()});
  }
  budget.line = wire.place().line();
  budget.column = wire.place().column();
  return budget;
}

schemas::ActeFacts FromWire(const v1::Acte& wire) {
  schemas::ActeFacts facts;
  facts.message = wire.message();
  facts.number = wire.number();
  facts.date = wire.date();
  facts.nature = wire.nature();
  facts.matter = wire.matter();
  facts.subject = wire.subject();
  facts.siren = wire.siren();
  facts.identifier = wire.identifier();
  facts.reception_date = wire.reception_date();
  facts.anomaly_date = wire.anomaly_date();
  facts.anomaly_nature = wire.anomaly_nature();
  facts.anomaly_detail = wire.anomaly_detail();
  return facts;
}

schemas::ActeFile FromWire(const v1::ActeFile& wire) {
  schemas::ActeFile file;
  file.element = wire.element();
  file.name = wire.name();
  file.has_signature = wire.has_signature();
  file.place = FromWire(wire.place());
  return file;
}

schemas::AcquitElement FromWire(const v1::AcquitElement& wire) {
  schemas::AcquitElement element;
  element.domain = wire.domain();
  element.accepted = wire.accepted();
  element.number = wire.number();
  element.exercice = wire.exercice();
  element.id_unique = wire.id_unique();
  element.errors = ErrorsOf(wire);
  element.place = FromWire(wire.place());
  return element;
}

schemas::AcquitPiece FromWire(const v1::AcquitPiece& wire) {
  return {.number = wire.number(), .errors = ErrorsOf(wire)};
}

contents::PdfFacts FromWire(const v1::Pdf& wire) {
  contents::PdfFacts pdf;
  pdf.version = wire.version();
  pdf.pages = wire.pages();
  pdf.image_only_pages = wire.image_only_pages();
  pdf.encrypted = wire.encrypted();
  pdf.repaired = wire.damaged();
  return pdf;
}

contents::PdfSignature FromWire(const v1::PdfSignature& wire) {
  contents::PdfSignature signature;
  signature.field = wire.field();
  signature.sub_filter = wire.sub_filter();
  signature.name = wire.name();
  signature.date = wire.claimed_time();
  signature.type = wire.type();
  signature.reason = wire.reason();
  signature.location = wire.location();
  return signature;
}

contents::ZipMember FromWire(const v1::ZipMember& wire) {
  return {.name = wire.name(), .size = wire.size(), .encrypted = wire.encrypted()};
}

schemas::Inspection FromWire(const v1::ContainedDocument& wire) {
  schemas::Inspection document;
  document.kind = From(wire.kind(), schemas::Kind::kOther);
  document.schema_set = wire.schema_set();
  document.encoding = wire.encoding();
  document.pes.collectivite = FromWire(wire.collectivite());
  if (wire.has_budget_act()) document.budget = FromWire(wire.budget_act());
  return document;
}

}  // namespace sceau::client
