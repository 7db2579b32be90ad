static struct fsr_info fsr_info[] = {
	/* what each status stands for */
	{ do_bad,		SIGSEGV, 0,		"vector exception"	},
	{ do_bad,		SIGBUS,	 BUS_ADRALN,	"alignment exception"	},
	{ do_bad,		SIGKILL, 0,		"terminal exception"	},
	{ do_bad,		SIGBUS,	 BUS_ADRALN,	"alignment exception"	},
	{ do_bad,		SIGBUS,	 0,	"external abort on linefetch" },
	{ do_translation_fault,	SIGSEGV, SEGV_MAPERR,	"section translation fault" },
	{ do_bad,		SIGBUS,	 0,	"external abort, with {a brace" },
	{ do_page_fault,	SIGSEGV, SEGV_MAPERR,	"page translation fault" },
#ifdef CONFIG_VENDOR_STATUS
	{ do_vendor,		SIGBUS,	 0,		"vendor status" },
#endif
	{ .fn = do_bad, .name = "section domain fault", .sig = SIGSEGV, .code = SEGV_ACCERR },
	[15] = { do_page_fault,	SIGSEGV, SEGV_ACCERR,	"page permission fault" },
};

static struct fsr_info ifsr_info[] = {
	[7] = { do_page_fault,	SIGSEGV, SEGV_MAPERR,	"page translation fault" },
};
