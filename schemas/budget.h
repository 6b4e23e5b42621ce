// What a budget act (DocumentBudgetaire) says of itself, and a CFU as far as it holds one.
//
// Facts as written, none of them trusted: a seal or a signature may or may not cover them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/finding.h"
#include "schemas/seal.h"
#include "xml/events.h"

namespace sceau::schemas {

// One line of the table of contents of the annexes (DATA_SOMMAIRE/SOMMAIRE).
struct Annex {
  std::string code;  // CodeAnnexe, e.g. "IV-B1.2"
  bool present = false;
  Place place;
};

struct Budget {
  std::string label;         // EnTeteBudget/LibelleEtab
  std::string siret;         // IdEtab
  std::string cod_col;       // CodColl
  std::string cod_bud;       // CodBud
  std::string nomenclature;  // e.g. "M57-M57_A"
  std::string nat_dec;       // BlocBudget/NatDec: 01, 02, 03, 09, 10
  Place nomenclature_place, nat_dec_place;  // line 0: the element is not there
  std::string exercice;      // Exer
  int64_t lines = 0;         // LigneBudget elements
  bool has_annexes = false;
  bool has_summary = false;
  std::vector<Annex> summary;
  Place summary_place;
  // Entries of the tables of the annexes (DATA_EMPRUNT, ...); not of those who vote and sign.
  int64_t annex_entries = 0;
  Place annex_place;  // of the first table that has one, with its name
  int64_t line = 0;
  int64_t column = 0;
};

// A line that is no elementary one.
struct TotalLine {
  Place place;
  std::string nature;  // the first that makes it a total, as written; empty: it has none
};

struct BudgetFacts {
  std::string root_qname;
  bool in_cfu = false;         // it stands inside another document
  std::string schema_version;  // VersionSchema
  std::string date;            // EnTeteDocBudgetaire/DteStr
  std::string id_post;
  std::string id_coll;
  std::string libelle;         // LibelleColl
  int64_t header_offset = -1;  // of <EnTeteDocBudgetaire; -1: none
  int64_t line = 0;            // of the header, else of the root
  int64_t column = 0;
  std::vector<Budget> budgets;
  std::vector<TotalLine> total_lines;  // the first ones
  int64_t total_line_count = 0;
  int64_t signatures = 0;  // ds:Signature elements, wherever they stand
  Seal seal;
};

}  // namespace sceau::schemas
