// Names of errors: JavaScript is told "ECONNRESET", never a number that differs between systems.
#pragma once

namespace shiny::sys {

// The symbol of an errno, or "EUNKNOWN".
const char* error_name(int error);

}  // namespace shiny::sys
