/* The ready list "@dangerous" of the group ban: extensions that programs of a desktop run, or let run something. */
#ifndef CORDON_CONF_DANGEROUS_H
#define CORDON_CONF_DANGEROUS_H

#define DANGEROUS_NAME "@dangerous"

/* In the order of the alphabet; blanks between them. */
#define DANGEROUS_EXTENSIONS                                                                                           \
    "ade adp appinstaller application appref-ms appx appxbundle asp aspx bas bat cdxml chm cmd cnt com cpl crt csh "   \
    "diagcab dll exe fxp gadget grp hlp hpj hta img inf ins iqy iso isp its jar jnlp js jse ksh lib library-ms lnk "   \
    "mad maf mag mam maq mar mas mat mau mav maw mcf mda mde mdt mdw mdz msc msh msh1 msh1xml msh2 msh2xml mshxml "    \
    "msi msix msixbundle msp mst msu ocx ops osd pcd pif pl plg prf prg printerexport ps1 ps1xml ps2 ps2xml psc1 "     \
    "psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw reg scf scr sct search-ms searchconnector-ms settingcontent-ms " \
    "shb shs slk sys theme tmp udl url vb vbe vbp vbs vhd vhdx vsmacros vsw vxd webpnp website wll ws wsb wsc wsf "    \
    "wsh xbap xll xnk"

#endif
