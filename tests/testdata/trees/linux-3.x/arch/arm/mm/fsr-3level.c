static struct fsr_info fsr_info[] = {
	[5] = { do_translation_fault, SIGSEGV, SEGV_MAPERR, "level 1 translation fault" },
	[6] = { do_page_fault, SIGSEGV, SEGV_MAPERR, "level 2 translation fault" },
	[7] = { do_page_fault, SIGSEGV, SEGV_MAPERR, "level 3 translation fault" },
};

#define ifsr_info	fsr_info
